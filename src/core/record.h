/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lines of journals: text, each with its CRC-32C before it, so that one that is torn
 * or damaged is known.
 *
 *	1c291ca3 made 1763715700 ami-0123456789abcdef0
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"

enum { RECORD_MOST_CHARS = 1000 };

/* Append one; `text` is of one line and not longer than RECORD_MOST_CHARS. */
void record_add(struct strbuf *to, const char *text);

/*
 * The record that `length_bytes` at `text` begin with: 0 when its line is not whole or
 * not good, else how many bytes it has, with what it says in `ret`.
 */
size_t record_read(
	const char *text, size_t length_bytes, char ret[static RECORD_MOST_CHARS + 1]);
