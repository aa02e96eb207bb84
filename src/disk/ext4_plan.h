/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a tree needs of an ext4 file system, before there is one: inode numbers, the
 * entries of directories, which blocks of files are holes, and how many blocks all of it
 * takes. Does not depend on the size of the file system, so it is made once and used for
 * every size tried.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/filetree.h"
#include "disk/children.h"
#include "disk/ext4.h"
#include "disk/stretches.h"

enum {
	EXT4_BLOCK_BYTES = 4096,
	EXT4_INODE_BYTES = 256,
	EXT4_ROOT_INODE = 2,
	EXT4_FIRST_INODE = 11, /* 1 to 10 are reserved */
	EXT4_INODE_EXTRA_BYTES = 32, /* of the inode, beyond the first 128 bytes */
	EXT4_DIR_ROOM_BYTES =
		EXT4_BLOCK_BYTES - 12, /* of a block; its checksum follows */
	EXT4_FAST_TARGET_BYTES =
		60, /* a shorter target of a symbolic link is in the inode */
	EXT4_LOST_FOUND_BLOCKS = 4, /* entries that e2fsck can make without allocating */
	EXT4_EXTENT_BLOCKS = 32768, /* one extent has at most so many */
	EXT4_INODE_EXTENTS = 4, /* so many fit into the inode */
	EXT4_BLOCK_EXTENTS = (EXT4_BLOCK_BYTES - 12) / 12,
	EXT2_INODE_POINTERS = 12, /* direct ones, in the inode */
	EXT2_BLOCK_POINTERS = EXT4_BLOCK_BYTES / 4,
};

/* What is planned for the filetree's node of the same index. */
struct ext4_node {
	uint32_t inode;
	size_t first_stretch; /* in plan->stretches */
	size_t stretch_count;
};

struct ext4_plan {
	const struct filetree *tree;
	enum ext4_kind kind;
	struct ext4_node *nodes;
	/* Indexes of nodes in the order in which they get inodes and blocks; of hard
	 * links, the first name alone. */
	uint32_t *order;
	size_t order_count;
	struct children children;
	struct stretches stretches;
	bool make_lost_found; /* the tree has none: it becomes inode 11 */
	uint32_t last_inode;
	uint64_t blocks; /* for everything but the file system's own tables */
};

/* Of the spec, its tree, kind and likeness. Contents of sparse files are read here. By
 * value; ext4_plan_release(). */
int ext4_plan_make(
	const struct ext4_spec *spec, struct ext4_plan *ret, struct error *err);
void ext4_plan_release(struct ext4_plan *p);
static inline void ext4_plan_releasep(struct ext4_plan *p)
{
	ext4_plan_release(p);
}

/* Bytes that a name takes in a directory block. */
static inline size_t ext4_dirent_bytes(size_t name_bytes)
{
	return (8 + name_bytes + 3) / 4 * 4;
}

/* Blocks beside the inode that hold the tree of `extents` extents. */
uint64_t ext4_extent_tree_blocks(uint64_t extents);
