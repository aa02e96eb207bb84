/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names of images as RegisterImage takes them: 3 to 128 letters, digits and some signs.
 */
#pragma once

#include "base/error.h"

enum { IMAGE_NAME_LEAST_CHARS = 3, IMAGE_NAME_MOST_CHARS = 128 };

/*
 * The name with each character that is not allowed made a '-', and cut where it has to
 * end; the caller frees it. ERR_USAGE for one that is too short.
 */
int image_name_make(const char *text, char **ret, struct error *err);
