/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What contents a pack (tree/pack.h) has, and where: for another one, of which it is the
 * base, that need not have them as well. By value: zeroes (it has none),
 * pack_base_release().
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "tree/hash_tree.h"

typedef tree_digest pack_digest;

struct pack_base_content {
	pack_digest digest;
	uint64_t offset_bytes; /* in the base's file */
};

struct pack_base {
	char *name; /* of its file, from the directory of those that refer to it */
	struct pack_base_content *contents; /* sorted by digest */
	size_t count;
};

void pack_base_release(struct pack_base *b);
static inline void pack_base_releasep(struct pack_base *b)
{
	pack_base_release(b);
}

/* ERR_FORMAT when it is not a whole one; `path` is where it is. */
int pack_base_read(int fd, const char *name, const char *path, struct pack_base *ret,
	struct error *err);

/* NULL: it has none like that. `b` may be NULL. */
const struct pack_base_content *pack_base_find(
	const struct pack_base *b, const pack_digest *digest);
