/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/debian/lists_closure.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/file_copy.h"
#include "base/name_set.h"
#include "base/path.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "distro/debian/lists_check.h"
#include "distro/debian/lists_records.h"

/* What a record says of its package; offsets into `texts`, where each ends with NUL. */
struct candidate {
	size_t name, provides, depends;
	bool reached;
};

/* Of all records, in their order. */
struct candidates {
	struct candidate *items;
	size_t count, room;
	struct strbuf texts;
	struct name_set wanted; /* names that have to be there */
	struct name_set reached; /* what the reached ones have and provide */
};

static void candidates_releasep(struct candidates *c)
{
	free(c->items);
	strbuf_release(&c->texts);
	name_set_release(&c->wanted);
	name_set_release(&c->reached);
}

/* ---- reading */

/* The fields that are wanted. Of a record, each stands once. */
enum field {
	PACKAGE,
	PROVIDES,
	PRE_DEPENDS,
	DEPENDS,
	ESSENTIAL,
	PROTECTED,
	IMPORTANT,
	FIELDS
};

static const char *const fields[FIELDS] = {
	[PACKAGE] = "Package: ",
	[PROVIDES] = "Provides: ",
	[PRE_DEPENDS] = "Pre-Depends: ",
	[DEPENDS] = "Depends: ",
	[ESSENTIAL] = "Essential: ",
	[PROTECTED] = "Protected: ",
	[IMPORTANT] = "Important: ",
};

/* The values within a record; NULL: it has none. */
typedef const char *values[FIELDS];

/* There are tens of thousands of records: each is looked through once. */
static void find_values(const char *record, values ret)
{
	memset(ret, 0, sizeof(values));
	for (const char *line = record; *line; line += *line == '\n') {
		for (size_t i = 0; i < FIELDS; i++)
			if (*line == *fields[i] && text_starts_with(line, fields[i]))
				ret[i] = line + strlen(fields[i]);
		line = strchrnul(line, '\n');
	}
}

/* With the lines that go on with it: those begin with a blank. */
static size_t value_length(const char *value)
{
	size_t length = strcspn(value, "\n");

	while (value[length] && (value[length + 1] == ' ' || value[length + 1] == '\t'))
		length += 1 + strcspn(value + length + 1, "\n");
	return length;
}

static void add_value(struct strbuf *to, const char *value)
{
	if (!value)
		return;
	strbuf_add(to, value, value_length(value));
	strbuf_add_char(to, ',');
}

/* Both values, either of which may be NULL; where they are. */
static size_t add_values(struct strbuf *to, const char *value, const char *more)
{
	const size_t at = to->length_bytes;

	add_value(to, value);
	add_value(to, more);
	strbuf_add_char(to, '\0');
	return at;
}

static bool is(const char *value, const char *text)
{
	return value && text_starts_with(value, text) && value[strlen(text)] == '\n';
}

/* "?essential" is these, and for apt itself also it: pkgCacheGen::ForceEssential. */
static bool is_essential(const values v)
{
	return is(v[PACKAGE], "apt") || is(v[ESSENTIAL], "yes") ||
	       is(v[PROTECTED], "yes") || is(v[IMPORTANT], "yes");
}

static int add_candidate(void *userdata, const char *record, size_t length_bytes,
	const char *sha256, struct error *err)
{
	struct candidates *c = userdata;
	values v;

	(void)length_bytes;
	(void)sha256;
	(void)err;
	find_values(record, v);
	if (c->count == c->room) {
		c->room = c->room ? 2 * c->room : 1 << 12;
		c->items = xreallocarray(c->items, c->room, sizeof(*c->items));
	}
	c->items[c->count++] = (struct candidate){
		.name = add_values(&c->texts, v[PACKAGE], NULL),
		.provides = add_values(&c->texts, v[PROVIDES], NULL),
		.depends = add_values(&c->texts, v[DEPENDS], v[PRE_DEPENDS]),
		.reached = is_essential(v),
	};
	return 0;
}

/* ---- names in relations: "a (>= 1) | b:any [amd64], c" */

/* The next one at *at, which moves behind it. */
static bool next_name(const char **at, struct name *ret)
{
	static const char between[] = " \t\n,|";

	*at += strspn(*at, between);
	if (!**at)
		return false;
	ret->text = *at;
	ret->length_bytes = strcspn(*at, " \t\n,|:([<");
	*at += strcspn(*at, ",|");
	return true;
}

static void add_names(struct name_set *to, const char *relations)
{
	struct name name;

	while (next_name(&relations, &name))
		name_set_add(to, name);
}

static bool has_any(const struct name_set *set, const char *relations)
{
	struct name name;

	while (next_name(&relations, &name))
		if (name_set_has(set, name))
			return true;
	return false;
}

/* ---- what is reached */

static void reach(struct candidates *c, struct candidate *of)
{
	of->reached = true;
	add_names(&c->reached, c->texts.data + of->name);
	add_names(&c->reached, c->texts.data + of->provides);
	add_names(&c->wanted, c->texts.data + of->depends);
}

static bool is_wanted(const struct candidates *c, const struct candidate *what)
{
	return has_any(&c->wanted, c->texts.data + what->name) ||
	       has_any(&c->wanted, c->texts.data + what->provides);
}

static void reach_all(struct candidates *c)
{
	size_t before;

	for (size_t i = 0; i < c->count; i++)
		if (c->items[i].reached)
			reach(c, &c->items[i]);
	do {
		before = c->wanted.count;
		for (size_t i = 0; i < c->count; i++)
			if (!c->items[i].reached && is_wanted(c, &c->items[i]))
				reach(c, &c->items[i]);
	} while (c->wanted.count != before);
}

static struct name name_of(const char *text)
{
	return (struct name){ text, strlen(text) };
}

static bool find(struct candidates *c, const struct strv *names)
{
	for (size_t i = 0; i < names->count; i++)
		name_set_add(&c->wanted, name_of(names->items[i]));
	reach_all(c);
	for (size_t i = 0; i < names->count; i++)
		if (!name_set_has(&c->reached, name_of(names->items[i])))
			return false;
	return true;
}

/* ---- writing */

struct writing {
	const struct candidate *next; /* of the next record */
	FILE *file;
};

static int write_reached(void *userdata, const char *record, size_t length_bytes,
	const char *sha256, struct error *err)
{
	struct writing *w = userdata;

	(void)sha256;
	if ((w->next++)->reached &&
		(fwrite(record, 1, length_bytes, w->file) != length_bytes ||
			putc('\n', w->file) == EOF))
		return error_errno(err, "write a package list");
	return 0;
}

static int write_list(
	const char *from, const char *to, struct writing *w, struct error *err)
{
	CLEANUP(file_closep) FILE *file = fopen(to, "we");

	if (!file)
		return error_errno(err, "make '%s'", to);
	w->file = file;
	if (lists_records_of(from, write_reached, w, err) < 0)
		return -1;
	if (fflush(file) != 0)
		return error_errno(err, "write '%s'", to);
	return 0;
}

static int write_all(const struct lists_closure *c, const struct candidates *candidates,
	struct error *err)
{
	CLEANUP(freep) char *partial = path_join(c->to_dir, "partial");
	CLEANUP(strv_releasep) struct strv names = STRV_INIT;
	struct writing w = { .next = candidates->items };

	if (path_make_dirs(partial, 0755, err) < 0 ||
		lists_names(c->from_dir, &names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.count; i++) {
		CLEANUP(freep) char *from = path_join(c->from_dir, names.items[i]);
		CLEANUP(freep) char *to = path_join(c->to_dir, names.items[i]);

		if ((lists_have_records(from) ? write_list(from, to, &w, err)
					      : file_copy(from, to, err)) < 0)
			return -1;
	}
	return 0;
}

int lists_closure_make(const struct lists_closure *c, bool *ret_known, struct error *err)
{
	CLEANUP(candidates_releasep)
	struct candidates candidates = { .texts = STRBUF_INIT };

	if (lists_each_record(c->from_dir, add_candidate, &candidates, err) < 0)
		return -1;
	*ret_known = find(&candidates, c->names);
	return *ret_known ? write_all(c, &candidates, err) : 0;
}
