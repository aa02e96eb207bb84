/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which blocks of a file need a place on the disk: what the file systems that are made
 * here know of holes.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/filetree.h"

enum { STRETCH_BLOCK_BYTES = 4096 };

/* Blocks of a file, one after the other, that are not a hole. */
struct stretch {
	uint64_t first_block;
	uint64_t block_count;
};

/* By value, zeroed; the array is the owner's to free. */
struct stretches {
	struct stretch *items;
	size_t count;
	size_t room;
};

static inline void stretches_release(struct stretches *s)
{
	free(s->items);
	*s = (struct stretches){ 0 };
}

void stretches_add(struct stretches *s, uint64_t first_block, uint64_t block_count);

/*
 * The stretches of a tree's regular files, all of which are read for that, by several
 * threads. They depend on what a file holds, and not on how its source keeps it, but for
 * one thing: of a file that is sparse there, all zeros are holes. Of others, those that
 * are long are none: somebody wants the room, as for swap.
 */
struct tree_stretches;
int tree_stretches_read(
	const struct filetree *t, struct tree_stretches **ret, struct error *err);
struct tree_stretches *tree_stretches_free(struct tree_stretches *s);
static inline void tree_stretches_freep(struct tree_stretches **s)
{
	*s = tree_stretches_free(*s);
}

/* Those of regular file `node`, appended. */
void tree_stretches_add(
	const struct tree_stretches *s, uint32_t node, struct stretches *to);

/* So many zero blocks of a file that is not sparse are a hole, at most. More fill a whole
 * block of EBS, and cost nothing there. Only the largest holes are left, so that there
 * are so many stretches at most: as many as an inode of ext4 has room for. */
enum { HOLE_MOST_BLOCKS = 127, DENSE_STRETCHES_MOST = 4 };
