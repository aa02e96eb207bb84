/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How the blocks of an XFS file system are parted: allocation groups, and in each of them
 * its tables, the log, inodes, content, and what is left free.
 *
 *	0      superblock, free space, inodes, free list: a sector each
 *	1…5    roots of the trees: free space by place and by size, inodes, free inodes,
 *	       shared blocks
 *	6…9    the free list's blocks
 *	10…    the log (in one group in the middle)
 *	…      chunks of inodes, from a multiple of 8 on; in group 0 at block 16, where
 *	       xfs_repair looks for the root directory
 *	…      more blocks of the tree of inodes
 *	…      content, and then what is free
 *
 * Blocks are numbered through here (group * blocks of a group + block); on disk the
 * group's number stands in the high bits, see xfs_space_fsblock().
 *
 * Life: xfs_space_init() of a zeroed value, xfs_space_release().
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "disk/xfs_format.h"

enum {
	XFS_AG_BNO_BLOCK = 1,
	XFS_AG_CNT_BLOCK,
	XFS_AG_INO_BLOCK,
	XFS_AG_FINO_BLOCK,
	XFS_AG_REFC_BLOCK,
	XFS_AG_LIST_BLOCK,
	XFS_AG_LIST_BLOCKS = 4,
	XFS_AG_HEAD_BLOCKS = XFS_AG_LIST_BLOCK + XFS_AG_LIST_BLOCKS,
	/* 64 MiB, mkfs.xfs's usual size: it does not have to change when the file system
	 * grows. */
	XFS_LOG_BLOCKS = (64 << 20) / XFS_BLOCK_BYTES,
	/* The inodes made are an eighth of the blocks at most; a quarter is allowed. */
	XFS_INODE_PERCENT = 25,
	XFS_INODE_PART = 8,
};

struct xfs_ag {
	uint32_t blocks;
	uint32_t limit; /* from here on, blocks are left free */
	uint32_t gap; /* free blocks before the inodes: the first of them */
	uint32_t gap_blocks;
	uint32_t chunk_block; /* where the inodes begin */
	uint32_t chunks;
	uint32_t inodes; /* used; all are, but in the last chunk */
	uint32_t tree_block; /* where the tree of inodes goes on */
	uint32_t cursor; /* the next block for content */
};

struct xfs_space {
	uint64_t blocks;
	uint32_t ag_blocks; /* of each group but the last */
	uint32_t ag_count;
	uint8_t ag_block_log;
	uint32_t log_ag;
	uint64_t inodes;
	struct xfs_ag *ags;
	uint32_t current; /* the group that blocks are taken from */
};

/* False when `blocks` have no room for `inodes`. */
bool xfs_space_init(struct xfs_space *s, uint64_t blocks, uint64_t inodes);
void xfs_space_release(struct xfs_space *s);

/* Blocks that xfs_space_take() has to give. */
uint64_t xfs_space_left(const struct xfs_space *s);

/* Blocks that are free in the end, as the superblock counts them. */
uint64_t xfs_space_free(const struct xfs_space *s);

/* Of these, what the kernel sets aside for itself when it mounts the file system. */
uint64_t xfs_space_reserved(const struct xfs_space *s);

/* The next blocks, at most `want` in one piece; 0 when all are taken. */
uint64_t xfs_space_take(struct xfs_space *s, uint64_t want, uint64_t *ret_first);

/* The number of the first inode of a group. */
uint64_t xfs_space_first_ino(const struct xfs_space *s, uint32_t ag);

/* The number of the index-th inode. */
uint64_t xfs_space_ino(const struct xfs_space *s, uint64_t index);

static inline uint64_t xfs_space_block(
	const struct xfs_space *s, uint32_t ag, uint32_t block)
{
	return (uint64_t)ag * s->ag_blocks + block;
}

/* A block's number on disk. */
static inline uint64_t xfs_space_fsblock(const struct xfs_space *s, uint64_t block)
{
	return block / s->ag_blocks << s->ag_block_log | block % s->ag_blocks;
}

static inline uint64_t xfs_sector(uint64_t block)
{
	return block * (XFS_BLOCK_BYTES / XFS_SECTOR_BYTES);
}
