/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The keys of a recipe as one const table. The parser, --set, the environment, `plan`,
 * the suggestions for mistyped keys and the reference pages are all made from it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/json.h"
#include "base/strbuf.h"
#include "core/recipe.h"

/* What a value is, and the type of its member in struct recipe. */
enum recipe_kind {
	RECIPE_NONE = 0,
	RECIPE_TEXT, /* char * */
	RECIPE_SECRET, /* char *: never shown, not in messages either */
	RECIPE_WORD, /* unsigned int: number of the word in `words`, from 1 */
	RECIPE_WORDS, /* unsigned int: a set, bit n for word n; not empty */
	RECIPE_BOOL, /* bool */
	RECIPE_SIZE, /* uint64_t, bytes; the first of `words`, if there is one, is 0 */
	RECIPE_NUMBER, /* uint64_t, at least 1; the first of `words` is 0 */
	RECIPE_TEXTS, /* struct strv */
	RECIPE_FILE, /* char *, absolute: a regular file that can be read */
	RECIPE_DIRECTORY, /* char *, absolute */
	RECIPE_FILES, /* struct strv of such files */
	RECIPE_MAP, /* struct recipe_map */
};

struct recipe_key {
	const char *path; /* "disk.size" */
	enum recipe_kind kind;
	size_t at; /* where in struct recipe */
	const char *const *words; /* NULL-terminated */
	bool required;
	const char *fallback; /* the default, as YAML; NULL: none */
	/* A default that depends on other keys (earlier ones), as YAML. */
	void (*derive)(const struct recipe *r, struct strbuf *to);
	const char *
		shown; /* what the reference says of a default that is not a fixed text */
	/* Why one value (of a list: one element) is refused; NULL when it is fine. */
	const char *(*check)(const char *text);
	const char *(*check_name)(const char *text); /* the same for the names of a map */
	const char *example; /* as it would stand after "key: " */
	const char *help; /* sentences for the reference */
};

extern const struct recipe_key recipe_keys[]; /* up to the one without a path */
size_t recipe_key_count(void);

/* The number of the key of that path; recipe_key_count() when there is none. */
size_t recipe_key_find(const char *path);

/* Maps that hold further keys: "disk" for "disk.size". */
struct recipe_section {
	const char *path;
	const char *help;
};

extern const struct recipe_section recipe_sections[]; /* up to the one without a path */
bool recipe_key_is_section(const char *path);

/* The known key or section nearest to `path`, or NULL. */
const char *recipe_key_nearest(const char *path);

/* "AMIWRIGHT_DISK_SIZE" for "disk.size". */
void recipe_key_environment_name(const struct recipe_key *key, struct strbuf *to);

/* The effective value of a key as YAML in one line; "none" for one without a value. */
void recipe_value_format(
	const struct recipe *r, const struct recipe_key *key, struct strbuf *to);

/* The same as member `name` of an object. */
void recipe_value_json(const struct recipe *r, const struct recipe_key *key,
	struct json *j, const char *name);

/* "text", "list of files", "one of label, uuid": for the reference and for messages. */
void recipe_kind_format(const struct recipe_key *key, struct strbuf *to);
