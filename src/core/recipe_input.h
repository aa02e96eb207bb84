/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Everything that says something about a recipe's keys: the file, the environment and the
 * --set options, each as a parsed document; and which of them says what in the end.
 */
#pragma once

#include "base/error.h"
#include "base/strv.h"
#include "core/recipe.h"
#include "core/recipe_node.h"
#include "core/recipe_path.h"

struct recipe_input {
	enum recipe_origin_kind kind;
	struct recipe_source source;
	struct recipe_base base;
	char *name, *directory; /* what source.name and base.directory point to */
	struct recipe_node
		*root; /* of the file: the whole document; else one key's value */
};

/* What was chosen for one key of the schema; node NULL: nothing. */
struct recipe_choice {
	const struct recipe_node *node;
	const struct recipe_input *input;
};

struct recipe_inputs {
	struct recipe_input **items; /* the stronger ones later */
	size_t count, room;
	struct recipe_choice *choices; /* one a key of the schema */
};

void recipe_inputs_release(struct recipe_inputs *in);
static inline void recipe_inputs_releasep(struct recipe_inputs *in)
{
	recipe_inputs_release(in);
}

/* Call them in this order; each may replace what the ones before it chose. */
int recipe_inputs_add_file(struct recipe_inputs *in, const char *path, struct error *err);
int recipe_inputs_add_environment(struct recipe_inputs *in, struct error *err);
int recipe_inputs_add_sets(
	struct recipe_inputs *in, const struct strv *sets, struct error *err);
