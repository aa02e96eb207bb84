/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The package lists of the sources that apt has: fetched, or found in the cache and still
 * the newest; their signatures verified in any case.
 */
#pragma once

#include "base/error.h"
#include "base/progress.h"
#include "distro/debian/apt.h"

struct lists_request {
	struct apt *apt;
	const char *sources; /* sources.list(5) text, deb822 */
	const char *arch; /* Debian's name */
	const char *cache_dir; /* lists_cache.h; or NULL: all is fetched, nothing kept */
	struct progress *progress;
};

/* ERR_UNTRUSTED for what nobody has signed; of the cache, that is a warning, and it is
 * fetched anew. */
int lists_fetch(const struct lists_request *r, struct error *err);

/* The directory that it fills; the caller frees. */
char *lists_dir(const struct apt *a);
