/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files that a recipe names.
 */
#pragma once

#include <stdbool.h>

#include "base/strbuf.h"

/* Where relative paths start. */
struct recipe_base {
	const char *directory;
	/*
	 * Symbolic links may not lead out of `directory` (or out of the parent that the
	 * path itself names with leading ".."): a recipe that was downloaded must not
	 * pick up other files of this machine. An absolute path says itself what it
	 * wants.
	 */
	bool confined;
};

/*
 * Find the regular file, or the directory, and make its path absolute and free of
 * symbolic links. On failure -1, and `why` has the reason as the end of a sentence.
 */
int recipe_path_resolve(const struct recipe_base *base, const char *path,
	bool want_directory, char **ret_path, struct strbuf *why);
