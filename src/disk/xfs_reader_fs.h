/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An XFS file system that is read: its geometry, and the ways to its parts. Only the
 * xfs_reader*.c files see this. What these functions give was checked: sizes, places,
 * checksums, and that a block belongs to whom it was reached from.
 */
#pragma once

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>

#include "base/error.h"
#include "base/filetree.h"
#include "disk/fs_walk.h"
#include "disk/source.h"
#include "disk/xfs_format.h"

/* The largest that there are. */
enum {
	XFS_BLOCK_LOG_MOST = 16, /* of a directory's blocks, too */
	XFS_INODE_BYTES_MOST = 2048,
};

struct xfs_reader {
	char *name;
	struct disk_source disk;
	uint64_t offset_bytes; /* on the disk */
	uint64_t may_read_bytes; /* what is left of the bound */
	bool clean;

	/* Of the superblock. */
	uint8_t uuid[XFS_UUID_BYTES]; /* that metadata bears */
	uint64_t blocks;
	uint64_t root_ino;
	uint64_t log_start; /* as it is on disk; 0: on another disk */
	uint32_t log_blocks;
	uint32_t ag_blocks, ag_count;
	uint32_t block_bytes, dir_block_bytes, inode_bytes;
	uint8_t block_log, ag_block_log, block_inodes_log;
	bool has_types; /* in directories */
};

/* xfs_reader_io.c */

/* ERR_FORMAT: the file system is damaged, `what` says how. */
int xfs_reader_damaged(const struct xfs_reader *r, const char *what, struct error *err);

/* Bytes of the file system, all of them. */
int xfs_reader_bytes(struct xfs_reader *r, uint64_t at_bytes, void *to,
	size_t length_bytes, struct error *err);

/* Blocks that the disk numbers by allocation group, as a number counted through. */
bool xfs_reader_find_blocks(
	const struct xfs_reader *r, uint64_t on_disk, uint64_t count, uint64_t *ret);

/* Whether the checksum at `offset` in `bytes` is theirs; it is zero there afterwards. */
bool xfs_reader_crc_is_good(uint8_t *bytes, size_t length_bytes, size_t offset);

/* Where in a kind of block stands what guards it. */
struct xfs_guard {
	uint16_t crc_at, sector_at, uuid_at, owner_at;
};

extern const struct xfs_guard xfs_guard_tree; /* struct xfs_long_block */
extern const struct xfs_guard xfs_guard_dir; /* struct xfs_dir_header */
extern const struct xfs_guard xfs_guard_da; /* struct xfs_da_header */
extern const struct xfs_guard xfs_guard_remote; /* struct xfs_remote_header */

/* That the bytes are what was written at `block` for the inode `owner`. */
int xfs_reader_check(const struct xfs_reader *r, const struct xfs_guard *guard,
	uint8_t *bytes, size_t length_bytes, uint64_t block, uint64_t owner,
	struct error *err);

/* A part of an inode: bytes, or where these stand. It lies in struct xfs_inode. */
struct xfs_fork {
	uint8_t format; /* enum xfs_fork_format */
	const uint8_t *bytes;
	size_t length_bytes;
	uint64_t extents;
};

/* Not to be copied. */
struct xfs_inode {
	_Alignas(8) uint8_t bytes[XFS_INODE_BYTES_MOST]; /* as on disk */
	uint64_t ino;
	mode_t mode;
	uid_t uid;
	gid_t gid;
	uint32_t links;
	int64_t mtime_s;
	uint32_t mtime_ns;
	uint64_t size_bytes;
	bool is_realtime; /* its content is on another disk */
	struct xfs_fork data, attrs; /* length 0: there are none */
};

/* An inode in use (xfs_reader_inode.c). */
int xfs_reader_inode(
	struct xfs_reader *r, uint64_t ino, struct xfs_inode *to, struct error *err);

/* Blocks that follow each other both in the file and on the disk. */
struct xfs_mapping {
	uint64_t file_block;
	uint64_t block; /* counted through */
	uint64_t count;
	bool is_unwritten; /* reads as zeros */
};

/* By value, zeroed; xfs_mappings_release(). In the order of the file, without overlap. */
struct xfs_mappings {
	struct xfs_mapping *items;
	size_t count, room;
};

void xfs_mappings_release(struct xfs_mappings *m);
static inline void xfs_mappings_releasep(struct xfs_mappings *m)
{
	xfs_mappings_release(m);
}

/* Those of a fork that has extents or a tree of them (xfs_reader_extents.c). */
int xfs_reader_mappings(struct xfs_reader *r, const struct xfs_inode *inode,
	const struct xfs_fork *fork, struct xfs_mappings *ret, struct error *err);

/* Bytes of a file; zeros where nothing is mapped. */
int xfs_reader_mapped(struct xfs_reader *r, const struct xfs_mappings *m,
	uint64_t at_bytes, void *to, size_t length_bytes, struct error *err);

/* The mapping that holds the file's block, or NULL. */
const struct xfs_mapping *xfs_mapping_find(const struct xfs_mappings *m, uint64_t block);

/* Every name of a directory (xfs_reader_dir.c). */
int xfs_reader_dir(struct xfs_reader *r, const struct xfs_inode *inode, struct fs_walk *w,
	struct error *err);

/* The attributes, added to the node (xfs_reader_attr.c). */
int xfs_reader_attrs(struct xfs_reader *r, const struct xfs_inode *inode,
	struct filetree_node *n, struct error *err);

/* r->clean (xfs_reader_log.c). */
int xfs_reader_log(struct xfs_reader *r, struct error *err);

/* Numbers on disk need not be aligned. */
static inline uint16_t xfs_get_16(const uint8_t *from)
{
	uint16_t be;

	memcpy(&be, from, sizeof(be));
	return be16toh(be);
}

static inline uint32_t xfs_get_32(const uint8_t *from)
{
	uint32_t be;

	memcpy(&be, from, sizeof(be));
	return be32toh(be);
}

static inline uint64_t xfs_get_64(const uint8_t *from)
{
	uint64_t be;

	memcpy(&be, from, sizeof(be));
	return be64toh(be);
}
