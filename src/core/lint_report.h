/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A report in the forms that people and programs read, and the table of checks in the
 * same.
 */
#pragma once

#include "base/json.h"
#include "base/strbuf.h"
#include "core/lint.h"

/* Lines of 80 columns, the worst first, and one that counts. `name` is of the image. */
void lint_report_text(const struct lint_report *r, const char *name, struct strbuf *to);

/* "2 errors, 1 warning, 1 allowed" */
void lint_report_count(const struct lint_report *r, struct strbuf *to);

/* The document of amiwright-lint(1), as one object. */
void lint_report_json(const struct lint_report *r, const char *name, struct json *j);

/*
 * The Static Analysis Results Interchange Format, version 2.1.0 (OASIS, 2020), as one
 * object. Places are URIs relative to the image's root, IMAGE; what is allowed is a
 * suppressed result.
 */
void lint_report_sarif(const struct lint_report *r, const char *name, struct json *j);

/* All checks. */
void lint_checks_text(struct strbuf *to);
void lint_checks_json(struct json *j);
void lint_checks_scdoc(struct strbuf *to);
