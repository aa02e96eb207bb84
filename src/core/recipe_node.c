/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/recipe_node.h"

#include <stdarg.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"

static void release(struct recipe_node *n)
{
	for (size_t i = 0; i < n->count; i++)
		release(&n->items[i]);
	free(n->items);
	free(n->key);
	free(n->text);
}

struct recipe_node *recipe_node_free(struct recipe_node *n)
{
	if (n) {
		release(n);
		free(n);
	}
	return NULL;
}

const char *recipe_node_kind_name(enum recipe_node_kind kind)
{
	static const char *const names[] = {
		[RECIPE_NODE_NONE] = "nothing",
		[RECIPE_NODE_SCALAR] = "a single value",
		[RECIPE_NODE_LIST] = "a list",
		[RECIPE_NODE_MAP] = "a map",
	};

	return names[kind];
}

int recipe_error_at(const struct recipe_source *source, struct recipe_place place,
	struct error *err, const char *fmt, ...)
{
	CLEANUP(freep) char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	if (!source->has_lines)
		return error_set(err, ERR_RECIPE, 0, "%s: %s", source->name, text);
	return error_set(err, ERR_RECIPE, 0, "%s:%u:%u: %s", source->name, place.line,
		place.column, text);
}
