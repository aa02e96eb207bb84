/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/lint.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/strbuf.h"
#include "base/term.h"
#include "base/words.h"
#include "core/lint_checks.h"
#include "core/lint_kernels.h"
#include "core/lint_look.h"
#include "core/lint_secrets.h"

const char *lint_severity_name(enum lint_severity severity)
{
	static const char *const names[] = {
		[LINT_NOTE] = "note", [LINT_WARNING] = "warning", [LINT_ERROR] = "error"
	};

	return names[severity];
}

void lint_subject_release(struct lint_subject *s)
{
	s->root = lint_tree_free(s->root);
	s->boot = lint_tree_free(s->boot);
	s->esp = lint_tree_free(s->esp);
	strv_release(&s->unseen);
}

void lint_report_release(struct lint_report *r)
{
	for (size_t i = 0; i < r->count; i++) {
		free(r->findings[i].path);
		free(r->findings[i].reason);
	}
	free(r->findings);
	*r = (struct lint_report){ 0 };
}

static int compare_findings(const void *a, const void *b)
{
	const struct lint_finding *x = a, *y = b;
	int order;

	if (x->check->severity != y->check->severity)
		return x->check->severity > y->check->severity ? -1 : 1;
	order = strcmp(x->check->id, y->check->id);
	if (!order)
		order = strcmp(x->path, y->path);
	if (!order && x->line != y->line)
		order = x->line < y->line ? -1 : 1;
	return order ? order : strcmp(x->reason, y->reason);
}

static const char *reason_to_allow(
	const char *id, const struct lint_allowed *allowed, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(allowed[i].id, id))
			return allowed[i].reason;
	return NULL;
}

static void count_finding(struct lint_report *r, const struct lint_finding *f)
{
	if (f->allowed)
		r->allowed++;
	else if (f->check->severity == LINT_ERROR)
		r->errors++;
	else if (f->check->severity == LINT_WARNING)
		r->warnings++;
	else
		r->notes++;
}

static void finish(
	struct lint_report *r, const struct lint_allowed *allowed, size_t allowed_count)
{
	if (r->count)
		qsort(r->findings, r->count, sizeof(*r->findings), compare_findings);
	for (size_t i = 0; i < r->count; i++) {
		struct lint_finding *f = &r->findings[i];

		f->allowed = reason_to_allow(f->check->id, allowed, allowed_count);
		count_finding(r, f);
	}
}

static int run_checks(struct lint_look *l, struct error *err)
{
	for (const struct lint_check *check = lint_checks; check->id; check++) {
		l->check = check;
		l->found = 0;
		if (term_check(err) < 0)
			return -1;
		if (check->run(l, err) < 0)
			return error_context(err, "check '%s'", check->id);
		if (l->found > LINT_FINDINGS_MOST) {
			const size_t more = l->found - LINT_FINDINGS_MOST;

			l->found = 0;
			lint_add_at(l, "/", 0, "and %zu more like these", more);
		}
	}
	return 0;
}

int lint_run(const struct lint_subject *subject, const struct lint_allowed *allowed,
	size_t allowed_count, struct lint_report *ret, struct error *err)
{
	CLEANUP(lint_report_releasep) struct lint_report report = { 0 };
	struct lint_look look = { .subject = subject, .report = &report };
	const int r = run_checks(&look, err);

	lint_kernels_free(look.kernels);
	lint_secrets_free(look.secrets);
	if (r < 0)
		return -1;
	finish(&report, allowed, allowed_count);
	*ret = report;
	report = (struct lint_report){ 0 };
	return 0;
}

int lint_report_judge(const struct lint_report *r, const char *name, struct error *err)
{
	enum { SHOWN = 3 };
	CLEANUP(strbuf_releasep) struct strbuf places = STRBUF_INIT;
	size_t shown = 0;

	if (!r->errors)
		return 0;
	for (size_t i = 0; i < r->count && shown < SHOWN; i++) {
		const struct lint_finding *f = &r->findings[i];

		if (f->allowed || f->check->severity != LINT_ERROR)
			continue;
		strbuf_addf(&places, "%s%s at %s", shown++ ? ", " : "", f->check->id,
			f->path);
	}
	return error_set(err, ERR_LINT, (int)r->errors, "%s: %zu error%s: %s%s", name,
		r->errors, plural_s(r->errors), places.data,
		r->errors > shown ? ", …" : "");
}
