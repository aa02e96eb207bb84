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
 * The stretches of regular file `node`, appended: all of it, or, of a file that is sparse
 * at its source, which is read for that, what is not zero.
 */
int stretches_of_file(
	const struct filetree *t, uint32_t node, struct stretches *to, struct error *err);
