/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/lint_report.h"

#include <ctype.h>
#include <string.h>

#include "base/cleanup.h"
#include "core/lint_checks.h"

static void add_text(struct json *j, const char *key, const char *text)
{
	json_object_begin(j, key);
	json_add_string(j, "text", text);
	json_object_end(j);
}

/* A path as a relative reference (RFC 3986, section 4.2). */
static void add_uri(struct json *j, const char *path)
{
	CLEANUP(strbuf_releasep) struct strbuf uri = STRBUF_INIT;

	path += strspn(path, "/");
	if (!*path)
		strbuf_add_char(&uri, '.');
	for (const unsigned char *c = (const unsigned char *)path; *c; c++) {
		if (*c < 0x80 && (isalnum(*c) || strchr("-._~/", *c)))
			strbuf_add_char(&uri, (char)*c);
		else
			strbuf_addf(&uri, "%%%02X", *c);
	}
	json_add_string(j, "uri", uri.data);
}

static void add_rule(struct json *j, const struct lint_check *c)
{
	json_object_begin(j, NULL);
	json_add_string(j, "id", c->id);
	add_text(j, "shortDescription", c->title);
	add_text(j, "fullDescription", c->why);
	add_text(j, "help", c->remedy);
	json_object_begin(j, "defaultConfiguration");
	json_add_string(j, "level", lint_severity_name(c->severity));
	json_object_end(j);
	json_object_end(j);
}

static void add_tool(struct json *j)
{
	json_object_begin(j, "tool");
	json_object_begin(j, "driver");
	json_add_string(j, "name", "amiwright");
	json_add_string(j, "semanticVersion", AMIWRIGHT_VERSION);
	json_array_begin(j, "rules");
	for (const struct lint_check *c = lint_checks; c->id; c++)
		add_rule(j, c);
	json_array_end(j);
	json_object_end(j);
	json_object_end(j);
}

static void add_location(struct json *j, const struct lint_finding *f)
{
	json_array_begin(j, "locations");
	json_object_begin(j, NULL);
	json_object_begin(j, "physicalLocation");
	json_object_begin(j, "artifactLocation");
	add_uri(j, f->path);
	json_add_string(j, "uriBaseId", "IMAGE");
	json_object_end(j);
	if (f->line) {
		json_object_begin(j, "region");
		json_add_uint(j, "startLine", f->line);
		json_object_end(j);
	}
	json_object_end(j);
	json_object_end(j);
	json_array_end(j);
}

static void add_result(struct json *j, const struct lint_finding *f)
{
	json_object_begin(j, NULL);
	json_add_string(j, "ruleId", f->check->id);
	json_add_uint(j, "ruleIndex", (uint64_t)(f->check - lint_checks));
	json_add_string(j, "level", lint_severity_name(f->check->severity));
	add_text(j, "message", f->reason);
	add_location(j, f);
	if (f->allowed) {
		json_array_begin(j, "suppressions");
		json_object_begin(j, NULL);
		json_add_string(j, "kind", "external");
		json_add_string(j, "status", "accepted");
		json_add_string(j, "justification", f->allowed);
		json_object_end(j);
		json_array_end(j);
	}
	json_object_end(j);
}

void lint_report_sarif(const struct lint_report *r, const char *name, struct json *j)
{
	json_object_begin(j, NULL);
	json_add_string(j, "$schema",
		"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
		"sarif-schema-2.1.0.json");
	json_add_string(j, "version", "2.1.0");
	json_array_begin(j, "runs");
	json_object_begin(j, NULL);
	add_tool(j);
	json_object_begin(j, "originalUriBaseIds");
	json_object_begin(j, "IMAGE");
	add_text(j, "description", name);
	json_object_end(j);
	json_object_end(j);
	json_array_begin(j, "results");
	for (size_t i = 0; i < r->count; i++)
		add_result(j, &r->findings[i]);
	json_array_end(j);
	json_object_end(j);
	json_array_end(j);
	json_object_end(j);
}
