/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A YAML document as a tree of values, each with the place where it stands. Scalars
 * stay text: what they mean is the schema's business, so that 012345678901 keeps its
 * zero.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

enum recipe_node_kind {
	RECIPE_NODE_NONE = 0,
	RECIPE_NODE_SCALAR,
	RECIPE_NODE_LIST,
	RECIPE_NODE_MAP,
};

/* Line and column count from 1. */
struct recipe_place {
	unsigned int line, column;
};

struct recipe_node {
	enum recipe_node_kind kind;
	struct recipe_place place;
	char *key; /* in a map, else NULL */
	struct recipe_place key_place;
	char *text; /* of a scalar, else NULL */
	bool empty; /* a scalar that says nothing: null, ~, or not there */
	struct recipe_node *items;
	size_t count, room;
};

/* Where a document comes from. A file has lines; an option or a variable only a name. */
struct recipe_source {
	const char *name;
	bool has_lines;
};

/*
 * Parse one document. ERR_RECIPE with the place for what is not UTF-8 text, not YAML,
 * or YAML that a recipe does not need: several documents, anchors, aliases, tags, keys
 * given twice or that are no scalars, more than 16 levels or 10000 values.
 */
int recipe_yaml_parse(const char *text, size_t length_bytes,
	const struct recipe_source *source, struct recipe_node **ret, struct error *err);

struct recipe_node *recipe_node_free(struct recipe_node *n);
static inline void recipe_node_freep(struct recipe_node **n)
{
	*n = recipe_node_free(*n);
}

/* "a text", "a list", "a map": for messages. */
const char *recipe_node_kind_name(enum recipe_node_kind kind);

/* -1, ERR_RECIPE: "file:3:5: …"; "--set disk.size: …" for a source without lines. */
__attribute__((format(printf, 4, 5))) int recipe_error_at(
	const struct recipe_source *source, struct recipe_place place, struct error *err,
	const char *fmt, ...);
