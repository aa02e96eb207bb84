/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Values as JSON: lists and maps as such, sizes in bytes, secrets not at all.
 */
#include "base/json.h"
#include "core/recipe_schema.h"

static void add_texts(struct json *j, const char *name, const struct strv *texts)
{
	json_array_begin(j, name);
	for (size_t i = 0; i < texts->count; i++)
		json_add_string(j, NULL, texts->items[i]);
	json_array_end(j);
}

static void add_set(
	struct json *j, const char *name, const char *const *words, unsigned int set)
{
	json_array_begin(j, name);
	for (unsigned int i = 0; words[i]; i++)
		if (set & 1u << i)
			json_add_string(j, NULL, words[i]);
	json_array_end(j);
}

static void add_map(struct json *j, const char *name, const struct recipe_map *map)
{
	json_object_begin(j, name);
	for (size_t i = 0; i < map->names.count; i++)
		json_add_string(j, map->names.items[i], map->values.items[i]);
	json_object_end(j);
}

void recipe_value_json(const struct recipe *r, const struct recipe_key *key,
	struct json *j, const char *name)
{
	const void *at = (const char *)r + key->at;

	switch (key->kind) {
	case RECIPE_TEXT:
	case RECIPE_FILE:
	case RECIPE_DIRECTORY:
		json_add_string(j, name, *(char *const *)at);
		return;
	case RECIPE_SECRET:
		json_add_string(j, name, *(char *const *)at ? "(not shown)" : NULL);
		return;
	case RECIPE_WORD:
		json_add_string(j, name, key->words[*(const unsigned int *)at - 1]);
		return;
	case RECIPE_WORDS:
		add_set(j, name, key->words, *(const unsigned int *)at);
		return;
	case RECIPE_BOOL:
		json_add_bool(j, name, *(const bool *)at);
		return;
	case RECIPE_SIZE:
	case RECIPE_NUMBER:
		if (!*(const uint64_t *)at && key->words)
			json_add_string(j, name, key->words[0]);
		else
			json_add_uint(j, name, *(const uint64_t *)at);
		return;
	case RECIPE_TEXTS:
	case RECIPE_FILES:
		add_texts(j, name, at);
		return;
	case RECIPE_MAP:
		add_map(j, name, at);
		return;
	case RECIPE_NONE:
		return;
	}
}
