/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keys and values as text: YAML that could stand in a recipe.
 */
#include <inttypes.h>
#include <string.h>

#include "base/size.h"
#include "core/recipe_schema.h"

/* A scalar, quoted where plain YAML in a list would read it differently. */
static void add_scalar(struct strbuf *to, const char *text)
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./+=@ "
		"-";
	const bool quote = !*text || text[strspn(text, plain)] || strchr(" -=@", *text) ||
			   text[strlen(text) - 1] == ' ' || !strcmp(text, "null") ||
			   !strcmp(text, "Null") || !strcmp(text, "NULL");

	if (!quote) {
		strbuf_add_str(to, text);
		return;
	}
	strbuf_add_char(to, '\'');
	for (; *text; text++) {
		if (*text == '\'')
			strbuf_add_char(to, '\'');
		strbuf_add_char(to, *text);
	}
	strbuf_add_char(to, '\'');
}

static void add_size(struct strbuf *to, uint64_t bytes)
{
	static const char units[] = "TGMK";
	uint64_t unit = UINT64_C(1) << 40;

	for (size_t i = 0; units[i]; i++, unit >>= 10) {
		if (bytes && bytes % unit == 0) {
			strbuf_addf(to, "%" PRIu64 "%c", bytes / unit, units[i]);
			return;
		}
	}
	strbuf_addf(to, "%" PRIu64 "%s", bytes, bytes ? "B" : "");
}

static void add_texts(struct strbuf *to, const struct strv *texts)
{
	strbuf_add_char(to, '[');
	for (size_t i = 0; i < texts->count; i++) {
		strbuf_add_str(to, i ? ", " : "");
		add_scalar(to, texts->items[i]);
	}
	strbuf_add_char(to, ']');
}

static void add_set(struct strbuf *to, const char *const *words, unsigned int set)
{
	const char *separator = "";

	strbuf_add_char(to, '[');
	for (unsigned int i = 0; words[i]; i++) {
		if (!(set & 1u << i))
			continue;
		strbuf_addf(to, "%s%s", separator, words[i]);
		separator = ", ";
	}
	strbuf_add_char(to, ']');
}

static void add_map(struct strbuf *to, const struct recipe_map *map)
{
	strbuf_add_char(to, '{');
	for (size_t i = 0; i < map->names.count; i++) {
		strbuf_add_str(to, i ? ", " : "");
		add_scalar(to, map->names.items[i]);
		strbuf_add_str(to, ": ");
		add_scalar(to, map->values.items[i]);
	}
	strbuf_add_char(to, '}');
}

static void add_text(struct strbuf *to, const char *text)
{
	if (text)
		add_scalar(to, text);
	else
		strbuf_add_str(to, "none");
}

void recipe_value_format(
	const struct recipe *r, const struct recipe_key *key, struct strbuf *to)
{
	const void *at = (const char *)r + key->at;

	switch (key->kind) {
	case RECIPE_TEXT:
	case RECIPE_FILE:
	case RECIPE_DIRECTORY:
		add_text(to, *(char *const *)at);
		return;
	case RECIPE_SECRET:
		strbuf_add_str(to, *(char *const *)at ? "(not shown)" : "none");
		return;
	case RECIPE_WORD:
		strbuf_add_str(to, key->words[*(const unsigned int *)at - 1]);
		return;
	case RECIPE_WORDS:
		add_set(to, key->words, *(const unsigned int *)at);
		return;
	case RECIPE_BOOL:
		strbuf_add_str(to, *(const bool *)at ? "yes" : "no");
		return;
	case RECIPE_SIZE:
	case RECIPE_NUMBER:
		if (!*(const uint64_t *)at && key->words)
			strbuf_add_str(to, key->words[0]);
		else if (key->kind == RECIPE_SIZE)
			add_size(to, *(const uint64_t *)at);
		else
			strbuf_addf(to, "%" PRIu64, *(const uint64_t *)at);
		return;
	case RECIPE_TEXTS:
	case RECIPE_FILES:
		add_texts(to, at);
		return;
	case RECIPE_MAP:
		add_map(to, at);
		return;
	case RECIPE_NONE:
		return;
	}
}

static void add_words(struct strbuf *to, const char *const *words)
{
	for (size_t i = 0; words[i]; i++)
		strbuf_addf(to, "%s%s", i ? ", " : "", words[i]);
}

void recipe_kind_format(const struct recipe_key *key, struct strbuf *to)
{
	static const char *const names[] = {
		[RECIPE_NONE] = "",
		[RECIPE_TEXT] = "text",
		[RECIPE_SECRET] = "text",
		[RECIPE_WORD] = "",
		[RECIPE_WORDS] = "a list of ",
		[RECIPE_BOOL] = "yes or no",
		[RECIPE_SIZE] = "a size such as 512M or 8G",
		[RECIPE_NUMBER] = "a number from 1 on",
		[RECIPE_TEXTS] = "a list of strings",
		[RECIPE_FILE] = "a file",
		[RECIPE_DIRECTORY] = "a directory",
		[RECIPE_FILES] = "a list of files",
		[RECIPE_MAP] = "a map of strings",
	};

	if (key->kind == RECIPE_WORD && key->words[1])
		strbuf_add_str(to, "one of ");
	strbuf_add_str(to, names[key->kind]);
	if (key->kind == RECIPE_WORD || key->kind == RECIPE_WORDS)
		add_words(to, key->words);
	else if (key->words)
		strbuf_addf(to, ", or %s", key->words[0]);
}
