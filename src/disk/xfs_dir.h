/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What planning and writing of XFS's directories have in common: where in blocks their
 * entries stand. Only the xfs_dir*.c files see this.
 */
#pragma once

#include "base/size.h"
#include "disk/xfs_fs.h"

enum {
	XFS_DIR_DOTS = 2, /* "." and "..", which stand first */
	XFS_DIR_HASH_BYTES = 8, /* of an entry's hash and its address */
	XFS_DIR_BLOCK_TAIL_BYTES = 8, /* of a directory of one block */
	XFS_DIR_LEAF_TAIL_BYTES = 4,
	XFS_DIR_LEAF_ROOM_BYTES = XFS_BLOCK_BYTES - sizeof(struct xfs_dir_leaf_header),
	XFS_DIR_LEAF_ENTRIES = XFS_DIR_LEAF_ROOM_BYTES / XFS_DIR_HASH_BYTES,
	XFS_DIR_FREE_ENTRIES = (XFS_BLOCK_BYTES - sizeof(struct xfs_dir_free_header)) / 2,
};

/* An entry in a block: inode number, length, name, type, tag. */
static inline uint32_t xfs_dir_entry_bytes(size_t name_bytes)
{
	return (uint32_t)round_up(8 + 1 + name_bytes + 1 + 2, 8);
}

/* An entry in the inode: length, place, name, type, inode number. */
static inline uint32_t xfs_dir_inline_bytes(size_t name_bytes)
{
	return (uint32_t)(1 + 2 + name_bytes + 1 + 4);
}

/* In the inode, before the entries: two counts and the parent's inode number. */
enum { XFS_DIR_INLINE_HEADER_BYTES = 6 };

/* Where the next entry stands: entries do not go from one block to the next. */
struct xfs_dir_cursor {
	uint64_t block;
	uint32_t offset;
};

static inline struct xfs_dir_cursor xfs_dir_cursor_init(void)
{
	return (struct xfs_dir_cursor){ 0, sizeof(struct xfs_dir_data_header) };
}

/* The place of an entry of `bytes`; the cursor is behind it then. */
static inline struct xfs_dir_cursor xfs_dir_place(
	struct xfs_dir_cursor *c, uint32_t bytes)
{
	struct xfs_dir_cursor at;

	if (c->offset + bytes > XFS_BLOCK_BYTES) {
		c->block++;
		c->offset = sizeof(struct xfs_dir_data_header);
	}
	at = *c;
	c->offset += bytes;
	return at;
}

/* The hash of an entry's name, and where it stands, in units of 8 bytes. */
struct xfs_dir_hash {
	uint32_t hash;
	uint32_t address;
};

/* A directory that has blocks, while they are written. */
struct xfs_dir {
	struct xfs_fs *x;
	uint64_t ino;
	const struct xfs_dir_shape *shape;
	const struct xfs_extents *extents;
	uint8_t **data; /* its blocks of entries */
	struct xfs_dir_hash *hashes; /* sorted */
	size_t count;
	uint16_t *room; /* the largest free piece of each block of entries, big-endian */
};

/* Blocks of hashes and of room, for a directory that has them (xfs_dir_index.c). */
void xfs_dir_put_index(const struct xfs_dir *d);

void xfs_dir_header_put(const struct xfs_dir *d, struct xfs_dir_header *h, uint32_t magic,
	uint64_t block);
