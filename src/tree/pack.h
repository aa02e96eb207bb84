/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A tree in one file, for keeping: the contents one after the other, then an index of all
 * else, then the index's size and digest. Its owners and modes are only written down, so
 * the file is an ordinary one of whoever makes it, and it is read without unpacking.
 * Contents that another such file has, its base, need not be in it.
 *
 * The index vouches for itself, and says what each content has to be; who reads a
 * content compares.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/filetree.h"
#include "base/strv.h"
#include "tree/hash.h"
#include "tree/hash_tree.h"
#include "tree/pack_base.h"

/* Where the content of each node belongs, in an array that the caller frees, and how long
 * they are together. Names of one file share its content. What the base has is
 * HASH_TREE_NOT_COPIED. `digests` are for looking there; NULL without one. */
uint64_t *pack_offsets(const struct filetree *tree, const pack_digest *digests,
	const struct pack_base *base, uint64_t *ret_bytes);

/* Whether a tree with so many bytes of contents may be kept in `dir`: of what is free
 * there, it takes a quarter at most, and not more than `most_bytes`. */
bool pack_has_room(const char *dir, uint64_t bytes, uint64_t most_bytes);

/*
 * Write the index behind the contents, which are at their offsets in `fd`. `digests` has
 * one of each regular file. `about`: strings that come back with the tree.
 */
int pack_finish(int fd, const struct filetree *tree, const pack_digest *digests,
	const struct pack_base *base, const struct strv *about, const char *what,
	struct error *err);

/* What was written. By value; zeroes, pack_release(). */
struct pack {
	struct filetree *tree; /* with contents in a duplicate of the descriptor, or in
				  the base */
	pack_digest *digests; /* "" for what is no regular file */
	struct strv about;
	char *base_path; /* NULL: all is in itself */
};

void pack_release(struct pack *p);
static inline void pack_releasep(struct pack *p)
{
	pack_release(p);
}

/* ERR_FORMAT when it is not a whole one. `path` is where it is: its base's name is from
 * there. */
int pack_read(int fd, const char *path, struct pack *ret, struct error *err);
