/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /etc/ld.so.cache, as ldconfig(8) of glibc 2.32 and later writes it: what library stands
 * where.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"

/* Is the library at `path` ("/lib/x/liba.so.1") to be described? */
typedef bool (*ld_cache_filter)(void *userdata, const char *path);

/* A line for each entry that `filter` takes, appended to `to`. False, and nothing
 * appended, when the bytes are no such cache. */
bool ld_cache_describe(const void *bytes, size_t length_bytes, ld_cache_filter filter,
	void *userdata, struct strbuf *to);
