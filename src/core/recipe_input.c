/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/recipe_input.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/path.h"
#include "core/recipe_schema.h"
#include "core/recipe_text.h"

static struct recipe_input *input_free(struct recipe_input *i)
{
	if (i) {
		recipe_node_free(i->root);
		free(i->name);
		free(i->directory);
		free(i);
	}
	return NULL;
}

void recipe_inputs_release(struct recipe_inputs *in)
{
	for (size_t i = 0; i < in->count; i++)
		input_free(in->items[i]);
	free(in->items);
	free(in->choices);
	*in = (struct recipe_inputs){ 0 };
}

/* A new input, kept by `in`; `name` becomes its own. */
static struct recipe_input *add_input(
	struct recipe_inputs *in, enum recipe_origin_kind kind, char *name)
{
	const bool is_file = kind == RECIPE_ORIGIN_FILE;
	struct recipe_input *i = xcalloc(1, sizeof(*i));

	i->kind = kind;
	i->name = name;
	i->directory = is_file ? path_dirname(name) : xstrdup(".");
	i->source = (struct recipe_source){ i->name, is_file };
	i->base = (struct recipe_base){ i->directory, is_file };
	array_reserve_one((void **)&in->items, in->count, &in->room, sizeof(*in->items));
	in->items[in->count++] = i;
	if (!in->choices)
		in->choices = xcalloc(recipe_key_count(), sizeof(*in->choices));
	return i;
}

static int unknown_key(const struct recipe_input *i, const char *path,
	struct recipe_place place, struct error *err)
{
	const char *near = recipe_key_nearest(path);

	if (near)
		return recipe_error_at(&i->source, place, err,
			"there is no key '%s'; did you mean '%s'?", path, near);
	return recipe_error_at(&i->source, place, err,
		"there is no key '%s'; amiwright-recipe(5) lists them", path);
}

static int choose_all(struct recipe_inputs *in, const struct recipe_input *i,
	const char *section, const struct recipe_node *map, struct error *err);

/* `n` is the value of `path`: a key's, or a whole section. */
static int choose(struct recipe_inputs *in, const struct recipe_input *i,
	const char *path, const struct recipe_node *n, struct recipe_place key_place,
	struct error *err)
{
	size_t key = recipe_key_find(path);

	if (key < recipe_key_count()) {
		in->choices[key] = (struct recipe_choice){ n, i };
		return 0;
	}
	if (!recipe_key_is_section(path))
		return unknown_key(i, path, key_place, err);
	if (n->kind != RECIPE_NODE_MAP)
		return recipe_error_at(&i->source, n->place, err,
			"'%s' must be a map of keys, not %s", path,
			n->empty ? "empty" : recipe_node_kind_name(n->kind));
	return choose_all(in, i, path, n, err);
}

/* The schema has two levels: this recurses once at most. */
static int choose_all(struct recipe_inputs *in, const struct recipe_input *i,
	const char *section, const struct recipe_node *map, struct error *err)
{
	for (size_t at = 0; at < map->count; at++) {
		const struct recipe_node *n = &map->items[at];
		CLEANUP(freep)
		char *path =
			section ? xasprintf("%s.%s", section, n->key) : xstrdup(n->key);

		if (choose(in, i, path, n, n->key_place, err) < 0)
			return -1;
	}
	return 0;
}

int recipe_inputs_add_file(struct recipe_inputs *in, const char *path, struct error *err)
{
	struct recipe_input *i = add_input(in, RECIPE_ORIGIN_FILE, xstrdup(path));
	CLEANUP(freep) char *text = NULL;
	size_t length;

	if (recipe_text_read(path, &text, &length, err) < 0 ||
		recipe_yaml_parse(text, length, &i->source, &i->root, err) < 0)
		return -1;
	if (i->root->kind != RECIPE_NODE_MAP)
		return recipe_error_at(&i->source, i->root->place, err,
			"a recipe is a map of keys, not %s",
			i->root->empty ? "empty" : recipe_node_kind_name(i->root->kind));
	return choose_all(in, i, NULL, i->root, err);
}

/* One "path: text" from outside the file. */
static int add_one(struct recipe_inputs *in, enum recipe_origin_kind kind, char *name,
	const char *path, const char *text, struct error *err)
{
	struct recipe_input *i = add_input(in, kind, name);

	if (recipe_yaml_parse(text, strlen(text), &i->source, &i->root, err) < 0)
		return -1;
	return choose(in, i, path, i->root, i->root->place, err);
}

int recipe_inputs_add_environment(struct recipe_inputs *in, struct error *err)
{
	for (const struct recipe_key *key = recipe_keys; key->path; key++) {
		CLEANUP(strbuf_releasep) struct strbuf name = STRBUF_INIT;
		const char *text;

		recipe_key_environment_name(key, &name);
		text = getenv(name.data);
		if (!text || !*text)
			continue;
		if (add_one(in, RECIPE_ORIGIN_ENVIRONMENT, xasprintf("$%s", name.data),
			    key->path, text, err) < 0)
			return -1;
	}
	return 0;
}

int recipe_inputs_add_sets(
	struct recipe_inputs *in, const struct strv *sets, struct error *err)
{
	for (size_t at = 0; sets && at < sets->count; at++) {
		const char *set = sets->items[at], *equals = strchr(set, '=');
		CLEANUP(freep) char *path = NULL;

		if (!equals || equals == set)
			return error_set(err, ERR_USAGE, 0,
				"--set takes KEY=VALUE, such as disk.size=8G, not '%s'",
				set);
		path = xstrndup(set, (size_t)(equals - set));
		if (add_one(in, RECIPE_ORIGIN_OPTION, xasprintf("--set %s", path), path,
			    equals + 1, err) < 0)
			return -1;
	}
	return 0;
}
