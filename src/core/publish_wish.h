/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What was wished of a publication, before anybody is asked for anything.
 */
#pragma once

#include <stdint.h>

#include "aws/ec2.h"
#include "base/error.h"
#include "core/recipe.h"

/* ERR_USAGE for what cannot go together. */
int publish_wish_check(const struct recipe_publish *wish, struct error *err);

/* The key for copies in that region, or NULL. */
const char *publish_wish_key(const struct recipe_publish *wish, const char *region);

/* When the image is to be deprecated, in seconds since 1970; 0: nothing is wished. */
int publish_wish_moment(const struct recipe_publish *wish, const struct ec2_image *image,
	int64_t *ret_s, struct error *err);
