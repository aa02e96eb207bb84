/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/verify_facts.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

static const char prefix[] = "amiwright:";

static char *copy_clean(const char *text, size_t length_bytes)
{
	char *copy;

	if (length_bytes > FACT_VALUE_MOST_BYTES)
		length_bytes = FACT_VALUE_MOST_BYTES;
	copy = xmalloc(length_bytes + 1);
	for (size_t i = 0; i < length_bytes; i++)
		copy[i] = isprint((unsigned char)text[i]) ? text[i] : '?';
	copy[length_bytes] = '\0';
	return copy;
}

static void take_line(struct facts *f, const char *line, size_t length_bytes)
{
	const size_t prefix_bytes = sizeof(prefix) - 1;
	const char *equals;

	if (length_bytes < prefix_bytes || memcmp(line, prefix, prefix_bytes) != 0)
		return;
	line += prefix_bytes;
	length_bytes -= prefix_bytes;
	equals = memchr(line, '=', length_bytes);
	if (!equals || f->count == FACTS_MOST)
		return;
	array_reserve_one((void **)&f->items, f->count, &f->room, sizeof(*f->items));
	f->items[f->count].key = copy_clean(line, (size_t)(equals - line));
	f->items[f->count].value =
		copy_clean(equals + 1, length_bytes - (size_t)(equals - line) - 1);
	f->count++;
}

void facts_parse(struct facts *f, const char *text, size_t length_bytes)
{
	const char *end = text + length_bytes;

	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		const char *stop = newline ? newline : end;

		take_line(f, text, (size_t)(stop - text));
		text = stop + 1;
	}
}

void facts_release(struct facts *f)
{
	for (size_t i = 0; i < f->count; i++) {
		free(f->items[i].key);
		free(f->items[i].value);
	}
	free(f->items);
	*f = (struct facts)FACTS_INIT;
}

const char *facts_nth(const struct facts *f, const char *key, size_t index)
{
	for (size_t i = 0; i < f->count; i++)
		if (strcmp(f->items[i].key, key) == 0 && index-- == 0)
			return f->items[i].value;
	return NULL;
}

const char *facts_get(const struct facts *f, const char *key)
{
	const char *value = facts_nth(f, key, 0);

	return value ? value : "";
}

bool facts_number(const struct facts *f, const char *key, uint64_t *ret)
{
	const char *value = facts_get(f, key);
	unsigned long long number;

	if (!*value || value[strspn(value, "0123456789")])
		return false;
	errno = 0;
	number = strtoull(value, NULL, 10);
	if (errno)
		return false;
	*ret = number;
	return true;
}

size_t facts_count(const struct facts *f, const char *key)
{
	size_t count = 0;

	for (size_t i = 0; i < f->count; i++)
		count += strcmp(f->items[i].key, key) == 0;
	return count;
}

bool facts_contains(const struct facts *f, const char *key, const char *value)
{
	for (size_t i = 0; i < f->count; i++)
		if (strcmp(f->items[i].key, key) == 0 &&
			strcmp(f->items[i].value, value) == 0)
			return true;
	return false;
}

void facts_join(const struct facts *f, const char *key, struct strbuf *to)
{
	const char *value;

	for (size_t i = 0; (value = facts_nth(f, key, i)); i++)
		strbuf_addf(to, "%s%s", i ? ", " : "", value);
}
