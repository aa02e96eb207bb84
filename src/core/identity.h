/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The UUIDs of a disk, made from what the recipe says the image is: the same recipe gives
 * the same ones, in every build and on every machine.
 */
#pragma once

#include <stdint.h>

#include "core/recipe.h"

enum { UUID_BYTES = 16, UUID_CHARS = 36 };

/* For `purpose` ("disk", "root", …): a UUID of version 8, RFC 9562 section 5.8. */
void identity_uuid(
	const struct recipe *r, const char *purpose, uint8_t ret[static UUID_BYTES]);

/* "0f2c…-…": lower case, NUL-terminated. */
void uuid_format(const uint8_t uuid[static UUID_BYTES], char ret[static UUID_CHARS + 1]);
