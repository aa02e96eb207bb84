/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/sigv4_canonical.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "aws/uri.h"
#include "base/alloc.h"
#include "base/cleanup.h"

/* A pair to be sorted: `name` and `value` as they will stand in the text. */
struct item {
	char *name;
	const char *value;
	size_t position;
};

struct items {
	struct item *item;
	size_t count;
};

static void items_releasep(struct items *items)
{
	for (size_t i = 0; i < items->count; i++)
		free(items->item[i].name);
	free(items->item);
}

static int by_name_then_value(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : strcmp(x->value, y->value);
}

static int by_name_then_position(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : x->position < y->position ? -1 : 1;
}

/* Names are compared without what follows: '=' sorts behind '-' and '.'. */
void sigv4_canonical_query(
	const struct sigv4_pair *pairs, size_t count, struct strbuf *to)
{
	CLEANUP(items_releasep)
	struct items items = { .item = xcalloc(count + 1, sizeof(struct item)) };

	for (size_t i = 0; i < count; i++) {
		struct item *item = &items.item[items.count++];
		struct strbuf text = STRBUF_INIT;
		size_t name_bytes;

		uri_encode(&text, pairs[i].name);
		name_bytes = text.length_bytes;
		strbuf_add(&text, "", 1);
		uri_encode(&text, pairs[i].value);
		item->name = strbuf_take(&text);
		item->value = item->name + name_bytes + 1;
	}
	qsort(items.item, items.count, sizeof(*items.item), by_name_then_value);
	for (size_t i = 0; i < items.count; i++) {
		if (i)
			strbuf_add_char(to, '&');
		strbuf_add_str(to, items.item[i].name);
		strbuf_add_char(to, '=');
		strbuf_add_str(to, items.item[i].value);
	}
}

/* Those that a proxy or the transport may change, and the signature itself. */
static bool is_signed(const char *name)
{
	static const char *const never[] = {
		"authorization",
		"connection",
		"expect",
		"keep-alive",
		"proxy-authenticate",
		"proxy-authorization",
		"te",
		"trailer",
		"transfer-encoding",
		"upgrade",
		"user-agent",
		"x-amzn-trace-id",
	};

	for (size_t i = 0; i < ARRAY_SIZE(never); i++)
		if (strcmp(name, never[i]) == 0)
			return false;
	return true;
}

static void add_trimmed(struct strbuf *to, const char *value)
{
	static const char white[] = " \t\n\v\f\r";

	value += strspn(value, white);
	while (*value) {
		size_t word = strcspn(value, white);

		strbuf_add(to, value, word);
		value += word;
		value += strspn(value, white);
		if (*value)
			strbuf_add_char(to, ' ');
	}
}

void sigv4_canonical_headers(const struct sigv4_pair *pairs, size_t count,
	struct strbuf *to, struct strbuf *names)
{
	CLEANUP(items_releasep)
	struct items items = { .item = xcalloc(count + 1, sizeof(struct item)) };

	for (size_t i = 0; i < count; i++) {
		char *name = xstrdup(pairs[i].name);

		for (char *c = name; *c; c++)
			*c = (char)tolower((unsigned char)*c);
		if (is_signed(name))
			items.item[items.count++] =
				(struct item){ name, pairs[i].value, i };
		else
			free(name);
	}
	qsort(items.item, items.count, sizeof(*items.item), by_name_then_position);
	for (size_t i = 0; i < items.count; i++) {
		const struct item *item = &items.item[i];

		if (i && strcmp(item->name, item[-1].name) == 0) {
			strbuf_add_char(to, ',');
		} else {
			if (i) {
				strbuf_add_char(to, '\n');
				strbuf_add_char(names, ';');
			}
			strbuf_add_str(names, item->name);
			strbuf_add_str(to, item->name);
			strbuf_add_char(to, ':');
		}
		add_trimmed(to, item->value);
	}
	strbuf_add_char(to, '\n');
}

/*
 * RFC 3986, section 5.2.4, and slashes that follow each other are one, as AWS wants it.
 * What comes after the last ".." keeps its slash, unless nothing is left before it.
 */
static void add_without_dots(struct strbuf *to, const char *path)
{
	const char *last = path + strlen(path) - 1;
	size_t start = to->length_bytes + 1;

	strbuf_add_char(to, '/');
	while (*path) {
		size_t length = strcspn(path, "/");

		if (length == 2 && strncmp(path, "..", 2) == 0) {
			while (to->length_bytes > start &&
				to->data[to->length_bytes - 1] != '/')
				strbuf_truncate(to, to->length_bytes - 1);
			if (to->length_bytes > start)
				strbuf_truncate(to, to->length_bytes - 1);
		} else if (length && !(length == 1 && *path == '.')) {
			if (to->length_bytes > start)
				strbuf_add_char(to, '/');
			strbuf_add(to, path, length);
		}
		path += length;
		path += *path == '/';
	}
	if (*last == '/' && to->length_bytes > start)
		strbuf_add_char(to, '/');
}

void sigv4_canonical_path(const char *path, unsigned int flags, struct strbuf *to)
{
	CLEANUP(strbuf_releasep) struct strbuf plain = STRBUF_INIT;

	if (!*path)
		path = "/";
	if (!(flags & SIGV4_KEEP_DOTS)) {
		add_without_dots(&plain, path);
		path = plain.data;
	}
	if (flags & SIGV4_ENCODE_ONCE)
		strbuf_add_str(to, path);
	else
		uri_encode_path(to, path);
}
