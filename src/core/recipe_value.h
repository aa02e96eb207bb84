/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a value of the document to the member of struct recipe that holds it.
 */
#pragma once

#include "base/error.h"
#include "core/recipe.h"
#include "core/recipe_node.h"
#include "core/recipe_path.h"
#include "core/recipe_schema.h"

/* Check `n` and store it; ERR_RECIPE with its place. The member was all zero before. */
int recipe_value_store(struct recipe *r, const struct recipe_key *key,
	const struct recipe_node *n, const struct recipe_source *source,
	const struct recipe_base *base, struct error *err);

/* Free what the member holds. */
void recipe_value_release(struct recipe *r, const struct recipe_key *key);
