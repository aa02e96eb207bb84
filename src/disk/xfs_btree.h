/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * XFS's B+trees, built from the bottom: the records of a level are parted evenly, so that
 * every block but a root is at least half full, as xfs_repair wants it, and the number of
 * blocks is known beforehand.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "disk/xfs_format.h"

enum {
	XFS_SHORT_ROOM_BYTES = XFS_BLOCK_BYTES - sizeof(struct xfs_short_block),
	XFS_SHORT_INODE_RECORDS = XFS_SHORT_ROOM_BYTES / sizeof(struct xfs_inode_record),
	XFS_SHORT_POINTERS = XFS_SHORT_ROOM_BYTES / (2 * sizeof(uint32_t)),
	XFS_LONG_ROOM_BYTES = XFS_BLOCK_BYTES - sizeof(struct xfs_long_block),
	XFS_LONG_RECORDS = XFS_LONG_ROOM_BYTES / sizeof(struct xfs_extent_record),
	XFS_LONG_POINTERS = XFS_LONG_ROOM_BYTES / (2 * sizeof(uint64_t)),
};

static inline uint64_t xfs_quotient_up(uint64_t n, uint64_t by)
{
	return (n + by - 1) / by;
}

/* Where the part-th of `parts` even parts of `count` records begins. */
static inline uint64_t xfs_btree_share(uint64_t count, uint64_t parts, uint64_t part)
{
	const uint64_t rest = count % parts;

	return count / parts * part + (part < rest ? part : rest);
}

/* Blocks of a tree of inodes with so many records: at least the root. */
uint64_t xfs_inode_tree_blocks(uint64_t records);

struct xfs_fs;

/* A tree within an allocation group. The first four bytes of a record are its key. */
struct xfs_short_tree {
	uint32_t ag;
	uint32_t magic;
	const uint8_t *records;
	size_t record_bytes;
	uint64_t count;
	uint32_t root; /* block within the group */
	uint32_t more; /* the first of those for all but the root, as many as it takes */
};

/* Its number of levels. */
uint32_t xfs_short_tree_put(struct xfs_fs *x, const struct xfs_short_tree *t);
