/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writing JSON (RFC 8259) into a strbuf, a value at a time, commas and escapes done here.
 * Strings that are not UTF-8 have their wrong bytes replaced by U+FFFD.
 *
 *	struct json j = JSON_INIT(&buf);
 *	json_object_begin(&j, NULL);
 *	json_add_string(&j, "name", "debian-12");
 *	json_object_end(&j);
 *
 * `key` is the member's name inside an object, NULL inside an array or at the top.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"

struct json {
	struct strbuf *to;
	bool pretty; /* one member a line, two spaces a level */
	unsigned int depth;
	bool need_comma;
};

#define JSON_INIT(buf)      \
	{                   \
		.to = (buf) \
	}
#define JSON_PRETTY_INIT(buf)               \
	{                                   \
		.to = (buf), .pretty = true \
	}

void json_object_begin(struct json *j, const char *key);
void json_object_end(struct json *j);
void json_array_begin(struct json *j, const char *key);
void json_array_end(struct json *j);
void json_add_string(struct json *j, const char *key, const char *value); /* NULL: null */
void json_add_uint(struct json *j, const char *key, uint64_t value);
void json_add_seconds(struct json *j, const char *key, uint64_t ms); /* 1.234 */
void json_add_bool(struct json *j, const char *key, bool value);
void json_add_null(struct json *j, const char *key);

/* A value that is JSON already. */
void json_add_json(struct json *j, const char *key, const char *text);
