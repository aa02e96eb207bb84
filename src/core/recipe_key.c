/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keys looked up in the table of recipe_schema.c.
 */
#include <ctype.h>
#include <string.h>

#include "base/words.h"
#include "core/recipe_schema.h"

size_t recipe_key_count(void)
{
	size_t i = 0;

	while (recipe_keys[i].path)
		i++;
	return i;
}

size_t recipe_key_find(const char *path)
{
	size_t i = 0;

	while (recipe_keys[i].path && strcmp(recipe_keys[i].path, path) != 0)
		i++;
	return i;
}

bool recipe_key_is_section(const char *path)
{
	for (const struct recipe_section *section = recipe_sections; section->path;
		section++)
		if (!strcmp(section->path, path))
			return true;
	return false;
}

/* A key put into no section, or into the wrong one, is found by its last part. */
static const char *same_last_part(const char *path)
{
	const char *dot = strrchr(path, '.');
	const char *last = dot ? dot + 1 : path;

	for (const struct recipe_key *key = recipe_keys; key->path; key++) {
		const char *key_dot = strrchr(key->path, '.');

		if (!strcmp(key_dot ? key_dot + 1 : key->path, last))
			return key->path;
	}
	return NULL;
}

const char *recipe_key_nearest(const char *path)
{
	struct nearest near = { .word = path };
	const char *same = same_last_part(path);

	if (same)
		return same;
	for (const struct recipe_key *key = recipe_keys; key->path; key++)
		nearest_offer(&near, key->path);
	for (const struct recipe_section *section = recipe_sections; section->path;
		section++)
		nearest_offer(&near, section->path);
	return nearest_best(&near);
}

void recipe_key_environment_name(const struct recipe_key *key, struct strbuf *to)
{
	strbuf_add_str(to, "AMIWRIGHT_");
	for (const char *c = key->path; *c; c++)
		strbuf_add_char(
			to, (char)(isalnum((unsigned char)*c) ? toupper((unsigned char)*c)
							      : '_'));
}
