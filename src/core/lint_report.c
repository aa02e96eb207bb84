/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/lint_report.h"

#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/wrap.h"
#include "core/lint_checks.h"
#include "core/scdoc.h"

enum { COLUMNS = 80, TEXT_COLUMN = 9 };

/* Paths are any bytes: what would move a cursor is shown as '?'. */
static void add_path(struct strbuf *to, const struct lint_finding *f)
{
	for (const char *c = f->path; *c; c++)
		strbuf_add_char(to, (unsigned char)*c < ' ' || *c == 0x7f ? '?' : *c);
	if (f->line)
		strbuf_addf(to, ":%u", f->line);
}

static void add_wrapped(struct strbuf *to, const char *head, const char *text)
{
	CLEANUP(strbuf_releasep) struct strbuf line = STRBUF_INIT;

	strbuf_addf(&line, "%s%s", head, text);
	wrap_add(to, line.data, 0, TEXT_COLUMN, COLUMNS);
}

/* "warning  log-file …": what follows stands beneath the id. */
static void add_heading(struct strbuf *to, const char *level, const char *text)
{
	strbuf_add_str(to, level);
	wrap_add(to, text, strlen(level), TEXT_COLUMN, COLUMNS);
}

static void add_finding(struct strbuf *to, const struct lint_finding *f)
{
	CLEANUP(strbuf_releasep) struct strbuf head = STRBUF_INIT;

	strbuf_addf(&head, "%s  ", f->check->id);
	add_path(&head, f);
	add_heading(to, f->allowed ? "allowed" : lint_severity_name(f->check->severity),
		head.data);
	add_wrapped(to, "", f->reason);
	if (f->allowed)
		add_wrapped(to, "allowed: ", f->allowed);
	else
		add_wrapped(to, "remedy: ", f->check->remedy);
}

static void add_count(struct strbuf *to, size_t count, const char *one, const char *many)
{
	if (count)
		strbuf_addf(to, "%s%zu %s", to->length_bytes ? ", " : "", count,
			count == 1 ? one : many);
}

void lint_report_count(const struct lint_report *r, struct strbuf *to)
{
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;

	add_count(&text, r->errors, "error", "errors");
	add_count(&text, r->warnings, "warning", "warnings");
	add_count(&text, r->notes, "note", "notes");
	add_count(&text, r->allowed, "allowed", "allowed");
	strbuf_add_str(to, text.length_bytes ? text.data : "nothing found");
}

void lint_report_text(const struct lint_report *r, const char *name, struct strbuf *to)
{
	for (size_t i = 0; i < r->count; i++)
		add_finding(to, &r->findings[i]);
	if (r->count)
		strbuf_add_char(to, '\n');
	strbuf_addf(to, "%s: ", name);
	lint_report_count(r, to);
	strbuf_add_char(to, '\n');
}

static void add_finding_json(struct json *j, const struct lint_finding *f)
{
	json_object_begin(j, NULL);
	json_add_string(j, "id", f->check->id);
	json_add_string(j, "severity", lint_severity_name(f->check->severity));
	json_add_string(j, "path", f->path);
	if (f->line)
		json_add_uint(j, "line", f->line);
	else
		json_add_null(j, "line");
	json_add_string(j, "reason", f->reason);
	json_add_string(j, "remedy", f->check->remedy);
	json_add_string(j, "allowed", f->allowed);
	json_object_end(j);
}

void lint_report_json(const struct lint_report *r, const char *name, struct json *j)
{
	json_object_begin(j, NULL);
	json_add_string(j, "path", name);
	json_add_bool(j, "passed", r->errors == 0);
	json_add_uint(j, "errors", r->errors);
	json_add_uint(j, "warnings", r->warnings);
	json_add_uint(j, "notes", r->notes);
	json_add_uint(j, "allowed", r->allowed);
	json_array_begin(j, "findings");
	for (size_t i = 0; i < r->count; i++)
		add_finding_json(j, &r->findings[i]);
	json_array_end(j);
	json_object_end(j);
}

void lint_checks_text(struct strbuf *to)
{
	for (const struct lint_check *c = lint_checks; c->id; c++) {
		CLEANUP(strbuf_releasep) struct strbuf head = STRBUF_INIT;

		strbuf_addf(&head, "%s: %s", c->id, c->title);
		add_heading(to, lint_severity_name(c->severity), head.data);
		add_wrapped(to, "", c->why);
		add_wrapped(to, "remedy: ", c->remedy);
	}
}

void lint_checks_json(struct json *j)
{
	json_array_begin(j, NULL);
	for (const struct lint_check *c = lint_checks; c->id; c++) {
		json_object_begin(j, NULL);
		json_add_string(j, "id", c->id);
		json_add_string(j, "severity", lint_severity_name(c->severity));
		json_add_string(j, "title", c->title);
		json_add_string(j, "why", c->why);
		json_add_string(j, "remedy", c->remedy);
		json_object_end(j);
	}
	json_array_end(j);
}

void lint_checks_scdoc(struct strbuf *to)
{
	for (const struct lint_check *c = lint_checks; c->id; c++) {
		strbuf_addf(to, "\n*%s* (%s): ", c->id, lint_severity_name(c->severity));
		scdoc_add_text(to, c->title);
		strbuf_add_str(to, "\n\t");
		scdoc_add_text(to, c->why);
		strbuf_add_char(to, ' ');
		scdoc_add_text(to, c->remedy);
		strbuf_add_char(to, '\n');
	}
}
