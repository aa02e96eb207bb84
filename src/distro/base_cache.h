/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The base of a tree, kept between builds: what many recipes begin with, as it was when
 * the last of its packages was installed. One file each (tree/pack.h), named by the
 * digest of all that decided about it. What is read is hashed before it is believed; the
 * directory may be removed at any time, also under a build, and its oldest files go when
 * they are too many or too large.
 */
#pragma once

#include <stdbool.h>

#include "base/error.h"
#include "base/progress.h"

/* How many, and how large they are together; the newest is kept in any case. */
enum { BASE_CACHE_MOST = 4 };
#define BASE_CACHE_BYTES (UINT64_C(3) << 30)

struct base_request {
	const char *cache_dir; /* NULL: nothing is kept */
	const char *key; /* text: all that decides about the base */
	const char *root_dir; /* the tree; nothing is mounted in it */
	struct progress *progress;
};

/*
 * Put the base into the tree, which is empty. False when there is none, or none that is
 * whole: then the tree is empty again.
 */
int base_cache_take(const struct base_request *r, bool *ret_taken, struct error *err);

/* Keep the tree as the base. That it cannot be kept is no reason to fail. */
void base_cache_keep(const struct base_request *r);
