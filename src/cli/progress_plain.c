/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "cli/progress.h"
#include "cli/progress_text.h"

struct plain {
	struct progress_view view; /* first */
	FILE *to;
	struct progress_style style;
	struct progress_meter meter;
	char last[64]; /* what the last amount or wait was about */
	uint64_t last_ms;
	unsigned int told; /* how many lines in a row were about it */
	bool last_was_all; /* and said that all of it is done */
};

static bool is_all(const struct progress_event *e)
{
	return e->kind == PROGRESS_AMOUNT && e->total && e->done == e->total;
}

static bool is_same(const struct plain *p, const char *subject)
{
	return !strncmp(p->last, subject, sizeof(p->last) - 1);
}

/* The first of a kind at once, then some, and once the one that says "all". */
static bool is_due(const struct plain *p, const struct progress_event *e,
	const char *subject, uint64_t now_ms)
{
	if (p->style.level < PROGRESS_NORMAL)
		return false;
	if (!is_same(p, subject))
		return true;
	if (is_all(e))
		return !p->last_was_all;
	return now_ms - p->last_ms >= progress_text_repeat_ms(p->told);
}

static void report_amount(struct plain *p, const struct progress_event *e)
{
	CLEANUP(strbuf_releasep) struct strbuf subject = STRBUF_INIT;
	CLEANUP(strbuf_releasep) struct strbuf line = STRBUF_INIT;
	const uint64_t now_ms = clock_now_ms();

	progress_text_subject(&p->meter, e, &subject);
	progress_text_amount(&p->meter, e, now_ms, &line);
	if (!is_due(p, e, subject.data, now_ms))
		return;
	(void)fprintf(p->to, "  %s\n", line.data);
	(void)fflush(p->to);
	p->told = is_same(p, subject.data) ? p->told + 1 : 1;
	(void)snprintf(p->last, sizeof(p->last), "%s", subject.data);
	p->last_ms = now_ms;
	p->last_was_all = is_all(e);
}

static void plain_report(struct progress *progress, const struct progress_event *e)
{
	struct plain *p = (struct plain *)progress;
	CLEANUP(strbuf_releasep) struct strbuf line = STRBUF_INIT;

	progress_meter_see(&p->meter, e);
	if (e->kind == PROGRESS_AMOUNT || e->kind == PROGRESS_WAIT) {
		report_amount(p, e);
		return;
	}
	progress_text_line(e, p->style, &line);
	(void)fputs(line.data, p->to);
	(void)fflush(p->to);
}

static void plain_finish(struct progress_view *v, const struct error *err)
{
	(void)v;
	(void)err;
}

static void plain_free(struct progress_view *v)
{
	free(v);
}

struct progress_view *progress_plain_new(FILE *to, struct progress_style style)
{
	struct plain *p = xcalloc(1, sizeof(*p));

	p->view = (struct progress_view){ { plain_report }, plain_finish, plain_free };
	p->to = to;
	p->style = style;
	return &p->view;
}
