/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whom the launch key of an image file logs in, when nobody has said: what the manifest
 * says that a build has left beside it.
 */
#pragma once

#include "base/progress.h"

/*
 * `fd` is `path`, open. NULL when there is no manifest beside it, or none that can be
 * read, names a user and is of a disk of this size; else the caller frees it, and `p`
 * hears, for the verbose view, where it comes from.
 */
char *image_user(const char *path, int fd, struct progress *p);
