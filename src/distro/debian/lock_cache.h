/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packages of a lock that no mirror lists any more, out of the cache of packages' files:
 * they become a small archive in a directory of the build's own, for apt to choose from
 * like any other. Nobody signs that: each file is what the manifest says by its SHA-256.
 */
#pragma once

#include <stddef.h>

#include "base/error.h"
#include "distro/distro.h"

struct lock_cache_request {
	const struct distro_lock *lock;
	const char *lists_dir; /* lists.h: what can be had elsewhere */
	const char *cache_dir; /* archives.h */
	const char *dir; /* of the archive; to be made */
	const char *scratch_dir; /* to be made */
};

/*
 * *ret_sources is sources.list(5) text for the archive, freed by the caller; NULL, and
 * *ret_count 0, when nothing is missing. ERR_FETCH naming the packages that are neither
 * listed nor in the cache, ERR_UNTRUSTED for a file of the cache that is another one.
 */
int lock_cache_supplement(const struct lock_cache_request *r, char **ret_sources,
	size_t *ret_count, struct error *err);
