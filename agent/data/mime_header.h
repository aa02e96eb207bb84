/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Header fields of a MIME entity (RFC 5322, 2.2; RFC 2045, 5.1), as views into the
 * caller's buffer: lines that end in LF or CRLF, values folded over several lines,
 * comments in parentheses, parameters quoted or not.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* What is still to be read. */
struct mime_input {
	const char *at, *end;
};

/* One line without its end, which is read as well. False at the end of the input. */
bool mime_line_next(struct mime_input *in, struct mime_input *ret_line);

struct mime_field {
	struct mime_input name;
	struct mime_input value; /* folds and all */
};

/*
 * The next field; false behind the last, with `in` at the body: behind the empty line,
 * or, where that is missing, at the first line that is no field.
 */
bool mime_field_next(struct mime_input *in, struct mime_field *ret);

bool mime_field_is(const struct mime_field *f, const char *name);

/*
 * What stands before the parameters, as of "Content-Type: text/plain; charset=utf-8": in
 * lower case, what is not printable as "?", cut where `room` ends.
 */
void mime_field_value(const struct mime_field *f, char *to, size_t room);

/*
 * The bytes of parameter `name`, quotes and escapes resolved; terminated. False when
 * there is none, and when it is empty or longer than `room`.
 */
bool mime_field_parameter(
	const struct mime_field *f, const char *name, char *to, size_t room);
