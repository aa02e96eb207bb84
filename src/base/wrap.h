/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text laid out in columns of a terminal. A UTF-8 character counts for one column.
 */
#pragma once

#include <stddef.h>

#include "base/strbuf.h"

/* Columns that `text` takes. */
size_t wrap_width(const char *text);

/*
 * Append `text` from column `column` on, in lines of at most `most` columns, and a
 * newline. What stands in the current line already takes `at` columns. Lines break at
 * spaces; a word that is too long for a line of its own breaks where the line ends.
 */
void wrap_add(struct strbuf *to, const char *text, size_t at, size_t column, size_t most);

/*
 * The same for what somebody may copy, as a path with its line and column: a word that is
 * too long stays whole and sticks out, and several spaces in a line stay as many.
 */
void wrap_add_whole(
	struct strbuf *to, const char *text, size_t at, size_t column, size_t most);
