/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parts of trees that are kept between builds, as the base that many recipes begin with.
 * One file each (tree/pack.h), named by the
 * digest of all that decided about it. What is read is hashed before it is believed; the
 * directory may be removed at any time, also under a build, and its oldest files go when
 * they are too many or too large.
 */
#pragma once

#include <stdbool.h>

#include "base/error.h"
#include "base/progress.h"
#include "tree/digest_memo.h"

/* How many of a kind, and how large they are together; the newest is kept in any case. */
enum { BASE_CACHE_MOST = 4 };
#define BASE_CACHE_BYTES (UINT64_C(3) << 30)

struct base_request {
	const char *what; /* "base": for people */
	const char *cache_dir; /* of this kind; NULL: nothing is kept */
	const char *key; /* text: all that decides about it */
	struct digest_memo *memo; /* of the files there; or NULL */
	const char *root_dir; /* where it stands, or is to; nothing is mounted in it */
	struct progress *progress;
};

/*
 * Put it into the directory, which is empty. False when there is none, or none that can
 * be put there whole: then the directory is empty again, and that file is gone. An error
 * is only one that the making of it would have, too.
 */
int base_cache_take(const struct base_request *r, bool *ret_taken, struct error *err);

/* Its file in the cache, whether it is there or not; the caller frees. NULL: no cache. */
char *base_cache_path(const struct base_request *r);

/* Keep what is in the directory. That it cannot be kept is no reason to fail. */
void base_cache_keep(const struct base_request *r);
