/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/build_lint.h"

#include "base/alloc.h"
#include "base/cleanup.h"
#include "core/lint.h"
#include "core/lint_checks.h"
#include "core/lint_report.h"

static void warn(const struct lint_report *r, struct progress *p)
{
	for (size_t i = 0; i < r->count; i++) {
		const struct lint_finding *f = &r->findings[i];

		if (!f->allowed && f->check->severity == LINT_WARNING)
			progress_warning(p, "lint: %s at %s: %s", f->check->id, f->path,
				f->reason);
	}
}

static int judge(const struct lint_report *r, struct error *err)
{
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;

	if (lint_report_judge(r, "the tree", err) == 0)
		return 0;
	lint_report_text(r, "the tree", &text);
	(void)error_context(err,
		"lint (mend it, or allow an id in the recipe: 'lint: {allow: {ID: "
		"reason}}')");
	error_set_output(err, text.data, text.length_bytes);
	return -1;
}

int build_lint(const struct recipe *recipe, const struct filetree *tree,
	struct progress *progress, struct lint_counts *ret, struct error *err)
{
	const struct recipe_map *allow = &recipe->lint.allow;
	CLEANUP(freep)
	struct lint_allowed *allowed = xcalloc(allow->names.count + 1, sizeof(*allowed));
	CLEANUP(lint_subject_releasep)
	struct lint_subject subject = { .root = lint_tree_from_files(tree) };
	CLEANUP(lint_report_releasep) struct lint_report report = { 0 };

	for (size_t i = 0; i < allow->names.count; i++)
		allowed[i] = (struct lint_allowed){ allow->names.items[i],
			allow->values.items[i] };
	if (lint_run(&subject, allowed, allow->names.count, &report, err) < 0)
		return error_context(err, "lint");
	warn(&report, progress);
	if (judge(&report, err) < 0)
		return -1;
	*ret = (struct lint_counts){ report.warnings, report.notes, report.allowed };
	return 0;
}
