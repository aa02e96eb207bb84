/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What was wished of a publication, before anybody is asked for anything.
 */
#pragma once

#include "base/error.h"
#include "core/recipe.h"

/* ERR_USAGE for what cannot go together. */
int publish_wish_check(const struct recipe_publish *wish, struct error *err);

/* The key for copies in that region, or NULL. */
const char *publish_wish_key(const struct recipe_publish *wish, const char *region);
