/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An ext4 file system in the making: libext2fs's handle, where the next free block is
 * looked for, and the map that learns where contents stand. Only the ext4_*.c files see
 * this.
 */
#pragma once

#include "disk/blockmap.h"
#include "disk/ext4.h"
#include "disk/ext4_io.h"
#include "disk/ext4_places.h"
#include "disk/ext4_plan.h"

/* Sizes of gaps, up to the longest extent (ext4_keep.c). */
enum { EXT4_GAP_CLASSES = 74 };

struct ext4_fs {
	const struct ext4_spec *spec;
	const struct ext4_plan *plan;
	ext2_filsys fs;
	struct blockmap *map;
	/* Blocks are given out from here on: in ascending order, or, with spec->like,
	 * from where ext4_seek_gap() has put it. */
	blk64_t cursor;
	/* With spec->like (ext4_keep.c): */
	struct ext4_place *kept; /* by node; without extents: it has to find a place */
	struct ext4_place kept_lost_found;
	blk64_t gaps_from[EXT4_GAP_CLASSES];
};

/* What libext2fs's `code` means: sets `err` and returns -1. */
__attribute__((format(printf, 3, 4))) int ext4_failed(
	struct error *err, errcode_t code, const char *fmt, ...);

/*
 * The empty file system of ext4_format.c: superblock, tables, reserved inodes, journal;
 * all free blocks and inodes are for the tree. Of `blocks`, those that are too few for a
 * block group of their own are left out. ext2fs_free() ends it.
 */
int ext4_format(const struct ext4_spec *spec, const struct ext4_plan *plan,
	uint64_t blocks, ext2_filsys *ret, struct error *err);

/* The smallest number of blocks with which the tree fits and `free_blocks` stay free. */
int ext4_smallest_blocks(const struct ext4_spec *spec, const struct ext4_plan *plan,
	uint64_t free_blocks, uint64_t *ret_blocks, struct error *err);

/* Everything of the tree into the empty file system (ext4_fill.c). */
int ext4_fill(struct ext4_fs *x, struct error *err);

/* Take the blocks that stay where spec->like has them, and note them in x->kept. */
void ext4_keep_places(struct ext4_fs *x);

/* Give out blocks from the first gap on that has so many, or half as many, and so on;
 * without spec->like, from where they were given out last. */
void ext4_seek_gap(struct ext4_fs *x, uint64_t want);

struct ext4_extents {
	struct ext4_extent *items;
	size_t count;
	size_t room;
};

static inline void ext4_extents_releasep(struct ext4_extents *e)
{
	free(e->items);
}

/* The next free blocks of the disk, at most `want`, which are taken (ext4_extents.c). */
int ext4_take_blocks(struct ext4_fs *x, uint64_t want, uint64_t *ret_first,
	uint64_t *ret_count, struct error *err);

/* Blocks for the stretches, appended to `to`. */
int ext4_take_stretches(struct ext4_fs *x, const struct stretch *stretches, size_t count,
	struct ext4_extents *to, struct error *err);

/* Note the extents, and how many blocks they make, in the inode. */
int ext4_set_extents(struct ext4_fs *x, ext2_ino_t ino, struct ext2_inode_large *inode,
	const struct ext4_extents *extents, struct error *err);

/* Write directory `node`'s entries into the blocks of `extents` (ext4_dir.c). */
int ext4_write_directory(struct ext4_fs *x, uint32_t node,
	const struct ext4_extents *extents, struct error *err);
int ext4_write_lost_found(
	struct ext4_fs *x, const struct ext4_extents *extents, struct error *err);

/* Extended attributes of `node`, whose inode is written already (ext4_xattr.c). */
int ext4_write_xattrs(struct ext4_fs *x, uint32_t node, struct error *err);
