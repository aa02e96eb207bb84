/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text of a recipe before it is parsed: read with a cap, and looked at for bytes
 * that no text has.
 */
#pragma once

#include <stddef.h>

#include "base/error.h"
#include "core/recipe_node.h"

enum { RECIPE_MOST_BYTES = 1 << 20 };

/* A regular file of at most RECIPE_MOST_BYTES; *ret_text is NUL-terminated and the
 * caller's. */
int recipe_text_read(
	const char *path, char **ret_text, size_t *ret_length_bytes, struct error *err);

/* ERR_RECIPE with the place when it is not UTF-8 (RFC 3629) or has control characters. */
int recipe_text_check(const char *text, size_t length_bytes,
	const struct recipe_source *source, struct error *err);
