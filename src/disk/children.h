/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which nodes of a tree stand in which directory: a directory's entries in one piece.
 *
 * Life: children_init() of a zeroed value, children_release(). The tree outlives it.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/filetree.h"

struct children {
	uint32_t *nodes; /* those of directory i: from first[i] up to first[i + 1] */
	uint32_t *first;
};

void children_init(struct children *c, const struct filetree *t);
void children_release(struct children *c);

/* The entries of directory `node`, in the order of the tree. */
static inline const uint32_t *children_of(
	const struct children *c, uint32_t node, uint32_t *ret_count)
{
	*ret_count = c->first[node + 1] - c->first[node];
	return c->nodes + c->first[node];
}
