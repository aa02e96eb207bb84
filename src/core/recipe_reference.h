/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The reference of the recipe's keys, printed from the schema.
 */
#pragma once

#include "base/strbuf.h"

/* docs/recipe.md, whole. */
void recipe_reference_markdown(struct strbuf *to);

/* The list of keys of amiwright-recipe(5), in scdoc(5). */
void recipe_reference_scdoc(struct strbuf *to);
