/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Extended attributes as XFS keeps them: in the inode when all are small, else in one
 * leaf block beside it, with values that do not fit there in blocks of their own.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/filetree.h"
#include "base/size.h"

struct xfs_attr {
	const char *name; /* without its namespace */
	size_t name_bytes;
	uint8_t space; /* XFS_ATTR_ROOT, XFS_ATTR_SECURE or 0 */
	uint32_t hash;
	const void *value;
	size_t value_bytes;
	void *own_value; /* where it is not the tree's: freed with the list */
	uint64_t remote_blocks; /* 0: the value stands beside the name */
};

/* What a name with its value takes: in the inode, and in a leaf. */
static inline size_t xfs_attr_short_bytes(const struct xfs_attr *a)
{
	return 3 + a->name_bytes + a->value_bytes;
}

/* Of the remote kind, the two bytes that pad the kernel's structure count. */
static inline size_t xfs_attr_leaf_bytes(const struct xfs_attr *a)
{
	return a->remote_blocks ? round_up(4 + 4 + 1 + 2 + a->name_bytes, 4)
				: round_up(2 + 1 + a->name_bytes + a->value_bytes, 4);
}

enum { XFS_ATTR_SHORT_HEADER_BYTES = 4, XFS_ATTR_LEAF_ENTRY_BYTES = 8 };

/* Sorted by hash. By value; xfs_attrs_release(). The node outlives it. */
struct xfs_attrs {
	struct xfs_attr *items;
	size_t count;
	size_t short_bytes; /* as they would stand in the inode */
	uint32_t fork_bytes; /* what they take of the inode */
	uint64_t blocks; /* 0: they stand in the inode */
};

/* ERR_FORMAT for what XFS cannot hold. */
int xfs_attrs_make(
	const struct filetree_node *n, struct xfs_attrs *ret, struct error *err);
void xfs_attrs_release(struct xfs_attrs *a);
static inline void xfs_attrs_releasep(struct xfs_attrs *a)
{
	xfs_attrs_release(a);
}
