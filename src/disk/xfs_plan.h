/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a tree needs of an XFS file system, before there is one: the order of inodes, the
 * shape of directories and of attributes, which blocks of files are holes, and how many
 * blocks all of it takes. Does not depend on the size of the file system.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/filetree.h"
#include "disk/children.h"
#include "disk/stretches.h"
#include "disk/xfs_format.h"

enum {
	/* The root directory, and two files of a real-time device that is not there. */
	XFS_ROOT_INDEX = 0,
	XFS_RT_BITMAP_INDEX,
	XFS_RT_SUMMARY_INDEX,
	XFS_FIRST_INDEX,
};

enum xfs_dir_form {
	XFS_DIR_IN_INODE = 0,
	XFS_DIR_ONE_BLOCK, /* entries and their hashes */
	XFS_DIR_ONE_LEAF, /* blocks of entries, and one of hashes */
	XFS_DIR_TREE, /* the hashes in a tree, the room in an index */
};

struct xfs_dir_shape {
	enum xfs_dir_form form;
	uint64_t inline_bytes; /* in the inode */
	uint64_t data_blocks;
	uint64_t leaf_blocks; /* of hashes, with the nodes of their tree */
	uint64_t free_blocks;
};

/* What is planned for the filetree's node of the same index. */
struct xfs_node {
	uint64_t index; /* of the inode, in the order in which they stand on disk */
	uint32_t data_fork_bytes; /* room in the inode for all but attributes */
	uint64_t attr_blocks; /* of a leaf and of remote values; 0: all in the inode */
	struct xfs_dir_shape dir;
	size_t first_stretch;
	size_t stretch_count;
};

struct xfs_plan {
	const struct filetree *tree;
	struct xfs_node *nodes;
	struct children children;
	struct stretches stretches; /* of regular files */
	uint64_t inodes;
	uint64_t blocks; /* for everything but the file system's own tables and inodes */
	bool has_attrs;
};

/* Contents of sparse files are read here. By value; xfs_plan_release(). */
int xfs_plan_make(const struct filetree *t, struct xfs_plan *ret, struct error *err);
void xfs_plan_release(struct xfs_plan *p);
static inline void xfs_plan_releasep(struct xfs_plan *p)
{
	xfs_plan_release(p);
}

/* The shape of directory `node`; its inode has room for so much (xfs_dir_plan.c). */
struct xfs_dir_shape xfs_dir_plan(
	const struct xfs_plan *p, uint32_t node, uint32_t inline_bytes);

/* Blocks beside the inode that hold the tree of `extents` extents. */
uint64_t xfs_extent_tree_blocks(uint64_t extents, uint32_t fork_bytes);

/* A target of this length does not stand in the inode. */
static inline bool xfs_symlink_is_remote(const struct xfs_node *n, size_t target_bytes)
{
	return target_bytes > n->data_fork_bytes;
}
