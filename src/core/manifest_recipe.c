/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The digest of a recipe: of its effective values, with the content of the files that it
 * names in the place of their paths. Where a checkout stands does not show in it.
 */
#include "core/manifest.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "core/recipe_schema.h"
#include "tree/dirtree.h"
#include "tree/hash_tree.h"

static int add_file(const char *path, struct strbuf *to, struct error *err)
{
	manifest_digest hex;

	if (hash_file(path, hex, NULL, err) < 0)
		return -1;
	strbuf_addf(to, " %s", hex);
	return 0;
}

/* What of a directory gets into an image: names, permissions, contents, targets. */
static int add_directory(const char *path, struct strbuf *to, struct error *err)
{
	CLEANUP(filetree_freep) struct filetree *tree = NULL;
	CLEANUP(freep) manifest_digest *digests = NULL;

	if (dirtree_read(path, &tree, err) < 0 ||
		hash_tree(tree, NULL, &digests, err) < 0)
		return -1;
	for (uint32_t i = 0; i < filetree_count(tree); i++) {
		const struct filetree_node *n = filetree_node(tree, i);

		strbuf_addf(to, "\n\t%s %o %s", n->path, (unsigned int)n->mode,
			S_ISREG(n->mode) ? digests[i] : "");
		if (n->target)
			strbuf_add_str(to, n->target);
	}
	return 0;
}

static int add_value(const struct recipe *r, const struct recipe_key *key,
	struct strbuf *to, struct error *err)
{
	const void *at = (const char *)r + key->at;
	const char *text = key->kind == RECIPE_FILE || key->kind == RECIPE_DIRECTORY ||
					   key->kind == RECIPE_SECRET
				   ? *(char *const *)at
				   : NULL;

	switch (key->kind) {
	case RECIPE_FILE:
		return text ? add_file(text, to, err) : 0;
	case RECIPE_DIRECTORY:
		return text ? add_directory(text, to, err) : 0;
	case RECIPE_FILES: {
		const struct strv *files = at;

		for (size_t i = 0; i < files->count; i++)
			if (add_file(files->items[i], to, err) < 0)
				return -1;
		return 0;
	}
	case RECIPE_SECRET:
		strbuf_add_str(to, text ? text : "");
		return 0;
	default:
		recipe_value_format(r, key, to);
		return 0;
	}
}

static int hash_keys(const struct recipe *r, bool (*counts)(const char *path),
	manifest_digest ret_hex, struct error *err)
{
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;

	for (const struct recipe_key *key = recipe_keys; key->path; key++) {
		if (counts && !counts(key->path))
			continue;
		strbuf_addf(&text, "%s: ", key->path);
		if (add_value(r, key, &text, err) < 0)
			return error_context(err, "hash the recipe");
		strbuf_add_char(&text, '\n');
	}
	hash_bytes(text.data, text.length_bytes, ret_hex);
	return 0;
}

int manifest_hash_recipe(
	const struct recipe *r, manifest_digest ret_hex, struct error *err)
{
	return hash_keys(r, NULL, ret_hex, err);
}

/* Named are those that do not count: a new key does until somebody has thought about it.
 */
static bool is_about_tree(const char *path)
{
	static const char *const others[] = { "overlay", "disk.size", "disk.free",
		"lint.", "image.", "publish." };

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (text_starts_with(path, others[i]))
			return false;
	return true;
}

int manifest_hash_recipe_of_tree(
	const struct recipe *r, manifest_digest ret_hex, struct error *err)
{
	return hash_keys(r, is_about_tree, ret_hex, err);
}
