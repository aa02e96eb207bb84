/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An XFS file system in the making: where everything goes, and the map that learns it.
 * Only the xfs_*.c files see this.
 */
#pragma once

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "disk/blockmap.h"
#include "disk/crc32c.h"
#include "disk/xfs.h"
#include "disk/xfs_attr.h"
#include "disk/xfs_format.h"
#include "disk/xfs_plan.h"
#include "disk/xfs_space.h"

struct xfs_fs {
	const struct xfs_spec *spec;
	const struct xfs_plan *plan;
	struct xfs_space *space;
	struct blockmap *map;
};

/* Blocks that follow each other both in the file and on the disk. */
struct xfs_extent {
	uint64_t file_block;
	uint64_t block; /* counted through, see xfs_space.h */
	uint64_t count;
};

/* By value, zeroed; xfs_extents_release(). */
struct xfs_extents {
	struct xfs_extent *items;
	size_t count;
	size_t room;
	uint64_t blocks; /* of all items */
};

void xfs_extents_release(struct xfs_extents *e);
static inline void xfs_extents_releasep(struct xfs_extents *e)
{
	xfs_extents_release(e);
}

/* Free blocks for `count` blocks of a file from `file_block` on, appended to `to`
 * (xfs_extents.c). That there are none is a bug: the plan has counted them. */
int xfs_extents_take(struct xfs_fs *x, uint64_t file_block, uint64_t count,
	struct xfs_extents *to, struct error *err);

/* Where the file's block stands. It is one of `e`. */
uint64_t xfs_extents_find(const struct xfs_extents *e, uint64_t file_block);

/*
 * The extents into a fork of an inode: as a list, or as the root of a tree, whose blocks
 * are taken. *ret_format is an enum xfs_fork_format, *ret_tree_blocks says how many were
 * taken.
 */
int xfs_extents_put(struct xfs_fs *x, uint64_t ino, const struct xfs_extents *e,
	uint8_t *fork, uint32_t fork_bytes, uint8_t *ret_format,
	uint64_t *ret_tree_blocks, struct error *err);

/* A block of zeros that is the map's, at `block`. */
uint8_t *xfs_block_new(struct xfs_fs *x, uint64_t block);

/* The checksum of `length_bytes`, into where it stands in them. */
static inline void xfs_put_crc(void *bytes, size_t length_bytes, size_t offset)
{
	uint32_t crc = 0;

	memcpy((uint8_t *)bytes + offset, &crc, sizeof(crc));
	crc = htole32(crc32c(bytes, length_bytes));
	memcpy((uint8_t *)bytes + offset, &crc, sizeof(crc));
}

/* The header of a block of a hash tree, but for its siblings (xfs_dir_index.c). */
void xfs_da_header_put(const struct xfs_fs *x, struct xfs_da_header *h,
	unsigned int magic, uint64_t ino, uint64_t block);

/*
 * A directory into the data fork of its inode, or into blocks, which are appended to
 * `extents` (xfs_dir.c). *ret_size is its size as stat(2) shows it.
 */
int xfs_dir_fill(struct xfs_fs *x, uint32_t node, uint8_t *fork, uint64_t *ret_size,
	struct xfs_extents *extents, struct error *err);

/* Attributes into their fork, or into blocks, which are appended (xfs_attr_fill.c). */
int xfs_attrs_fill(struct xfs_fs *x, uint64_t ino, const struct xfs_attrs *a,
	uint8_t *fork, struct xfs_extents *extents, struct error *err);

/* Everything of the tree, and the inodes (xfs_fill.c). */
int xfs_fill(struct xfs_fs *x, struct error *err);

/* The tables of the allocation groups, the superblocks and the log, once the rest has its
 * place (xfs_ag.c, xfs_super.c, xfs_log.c). */
void xfs_ag_put(struct xfs_fs *x, uint32_t number);
void xfs_superblock_put(const struct xfs_fs *x, struct xfs_sb *sb);
void xfs_log_put(struct xfs_fs *x);
