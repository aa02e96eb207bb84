/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Package lists kept between builds: a directory of apt's files for each set of sources.
 * apt fetches the Release files again, verifies their signatures, and fetches the lists
 * that have changed; lists_check() then holds every list against them, so that nothing in
 * the cache is believed.
 *
 * A set appears whole or not at all and is replaced in one step: builds at the same time
 * cannot disturb each other, and it may be deleted at any time. The least recently used
 * ones go, when there are more than some.
 */
#pragma once

#include <stdbool.h>

#include "base/error.h"

enum { LISTS_CACHE_SETS = 6 };

/*
 * Put the set `name` into `lists_dir`, apt's directory, which has none yet. False when it
 * is not there; what cannot be read of it is as good as missing.
 */
bool lists_cache_take(const char *cache_dir, const char *name, const char *lists_dir);

/* It is not what it should be: the next build does not look at it again. */
void lists_cache_drop(const char *cache_dir, const char *name);

/* Keep what is in `lists_dir` as the set `name`; `cache_dir` is made when missing. */
int lists_cache_keep(const char *cache_dir, const char *name, const char *lists_dir,
	struct error *err);
