/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "cli/globals.h"
#include "cli/progress.h"
#include "cli/progress_text.h"

enum { REDRAW_MS = 100 };

#define ERASE_LINE "\r\033[K"

struct terminal {
	struct progress_view view; /* first */
	FILE *to;
	struct progress_style style;
	pthread_mutex_t screen; /* and of what follows */
	struct progress_meter meter;
	bool drawn; /* the live line is on the screen, the cursor at its end */
	char last[64]; /* what it is about */
	uint64_t last_ms;
};

/* Cut after `columns` characters, of UTF-8. */
static void cut(struct strbuf *line, size_t columns)
{
	for (size_t at = 0; at < line->length_bytes; at++) {
		if (((unsigned char)line->data[at] & 0xc0) == 0x80)
			continue;
		if (!columns--) {
			strbuf_truncate(line, at);
			return;
		}
	}
}

static void erase(struct terminal *t)
{
	if (t->drawn)
		(void)fputs(ERASE_LINE, t->to);
	t->drawn = false;
}

/* Make `line` the live line, which is about `what`. */
static void draw(
	struct terminal *t, struct strbuf *line, const char *what, uint64_t now_ms)
{
	const bool same = !strncmp(t->last, what, sizeof(t->last) - 1);
	size_t columns;

	if (t->style.level < PROGRESS_NORMAL ||
		(t->drawn && same && now_ms - t->last_ms < REDRAW_MS))
		return;
	/* A character in the last column would make some terminals wrap. */
	columns = terminal_columns(fileno(t->to));
	cut(line, columns > 1 ? columns - 1 : 1);
	(void)fprintf(t->to, ERASE_LINE "%s", line->data);
	(void)fflush(t->to);
	t->drawn = true;
	t->last_ms = now_ms;
	(void)snprintf(t->last, sizeof(t->last), "%s", what);
}

static void draw_amount(struct terminal *t, const struct progress_event *e)
{
	CLEANUP(strbuf_releasep) struct strbuf subject = STRBUF_INIT;
	CLEANUP(strbuf_releasep) struct strbuf line = STRBUF_INIT;
	const uint64_t now_ms = clock_now_ms();

	progress_text_subject(&t->meter, e, &subject);
	strbuf_add_str(&line, "  ");
	progress_text_amount(&t->meter, e, now_ms, &line);
	draw(t, &line, subject.data, now_ms);
}

/* What a command prints is hidden, but its last line shows that it is at work. */
static void draw_output(struct terminal *t, const struct progress_event *e)
{
	CLEANUP(strbuf_releasep) struct strbuf line = STRBUF_INIT;

	strbuf_add_str(&line, "  | ");
	progress_text_safe(&line, e->text);
	draw(t, &line, "output", clock_now_ms());
}

static void show(struct terminal *t, const struct progress_event *e)
{
	CLEANUP(strbuf_releasep) struct strbuf line = STRBUF_INIT;

	progress_meter_see(&t->meter, e);
	if (e->kind == PROGRESS_AMOUNT || e->kind == PROGRESS_WAIT) {
		draw_amount(t, e);
		return;
	}
	if (e->kind == PROGRESS_OUTPUT && t->style.level < PROGRESS_VERBOSE) {
		draw_output(t, e);
		return;
	}
	progress_text_line(e, t->style, &line);
	if (!line.length_bytes)
		return;
	erase(t);
	(void)fputs(line.data, t->to);
	(void)fflush(t->to);
}

static void terminal_report(struct progress *progress, const struct progress_event *e)
{
	struct terminal *t = (struct terminal *)progress;

	(void)pthread_mutex_lock(&t->screen);
	show(t, e);
	(void)pthread_mutex_unlock(&t->screen);
}

static void terminal_hold(struct progress_view *v)
{
	struct terminal *t = (struct terminal *)v;

	(void)pthread_mutex_lock(&t->screen);
	erase(t);
	(void)fflush(t->to);
}

static void terminal_resume(struct progress_view *v)
{
	(void)pthread_mutex_unlock(&((struct terminal *)v)->screen);
}

static void terminal_finish(struct progress_view *v, const struct error *err)
{
	struct terminal *t = (struct terminal *)v;

	(void)err;
	erase(t);
	(void)fflush(t->to);
}

static void terminal_free(struct progress_view *v)
{
	(void)pthread_mutex_destroy(&((struct terminal *)v)->screen);
	free(v);
}

struct progress_view *progress_terminal_new(FILE *to, struct progress_style style)
{
	struct terminal *t = xcalloc(1, sizeof(*t));

	t->view = (struct progress_view){ { terminal_report }, terminal_finish,
		terminal_free, terminal_hold, terminal_resume };
	(void)pthread_mutex_init(&t->screen, NULL);
	t->to = to;
	t->style = style;
	return &t->view;
}
