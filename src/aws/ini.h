/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file in the dialect of Python's configparser, as botocore reads ~/.aws/config and
 * ~/.aws/credentials:
 *
 *	[profile one]           # not a comment: only whole lines are, by '#' or ';'
 *	region = eu-west-1      ; keys are lower-cased, "=" or ":" ends them
 *	s3 =
 *	  addressing_style=path  a deeper line goes on with the value, a line feed between
 *
 * The keys of [DEFAULT] are every section's. A section or a key that stands twice, a line
 * that is neither, and a key before the first section are errors, which name the line and
 * never show it. A byte order mark is passed over, which botocore would refuse.
 *
 * Such files hold keys: all text stays in memory of aws/secret.h.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

enum { INI_MOST_BYTES = 1 << 20 };

struct ini_entry {
	const char *key, *value;
};

struct ini_section {
	const char *name;
	struct ini_entry *entries;
	size_t count, room;
};

/* By value; INI_INIT, ini_release(). */
struct ini {
	char *text;
	size_t text_bytes;
	struct ini_section *sections; /* the first is [DEFAULT], there or not */
	size_t count, room;
};

#define INI_INIT  \
	{         \
		0 \
	}

void ini_release(struct ini *ini);
static inline void ini_releasep(struct ini *ini)
{
	ini_release(ini);
}

/* `what` names the text in messages. The text itself is copied. */
int ini_parse(const char *text, size_t length_bytes, const char *what, struct ini *ret,
	struct error *err);

/* A file that is not there is an empty one: *ret_found tells. */
int ini_load(const char *path, struct ini *ret, bool *ret_found, struct error *err);

/* NULL: the section has no such key. Keys are in lower case. */
const char *ini_get(
	const struct ini *ini, const struct ini_section *section, const char *key);

/*
 * In a value that begins with a line feed each line is "key = value" again. The value of
 * `key` there, to be freed; NULL: there is none.
 */
char *ini_nested(const char *value, const char *key);
