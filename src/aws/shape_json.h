/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Structs as JSON and back, after the tables of shape.h.
 */
#pragma once

#include <stddef.h>

#include "aws/shape.h"
#include "base/error.h"
#include "base/strbuf.h"

/* Append the members that are set and whose place is `place`, as an object. */
void shape_to_json(const struct shape *s, enum shape_place place, const void *value,
	struct strbuf *to);

/*
 * Into the members whose place is `place`; the others are left as they are. Members that
 * the table does not have are ignored, null is as good as absent, a member of another
 * type is ERR_FORMAT. Fractions of numbers (of times in seconds) are cut off. The
 * caller releases *value, also after an error.
 */
int shape_from_json(const struct shape *s, enum shape_place place, const void *json,
	size_t length_bytes, void *value, struct error *err);

/* Members "message", "Message", "__type", … of an object: the first of `names` (ending
 * with NULL) that is a string, freed by the caller; NULL when there is none, or no
 * JSON. */
char *json_find_string(const void *json, size_t length_bytes, const char *const *names);
