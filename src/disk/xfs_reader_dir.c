/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/size.h"
#include "disk/xfs_reader_fs.h"

/* Entries in an inode stand behind two counts and the parent's inode number. */
enum { INLINE_COUNTS_BYTES = 2, INLINE_OFFSET_BYTES = 2 };
/* A directory of one block ends with its hashes and two counts. */
enum { BLOCK_TAIL_BYTES = 8, HASH_BYTES = 8 };
/* Room between entries has at least a tag, its length, and where it begins. */
enum { UNUSED_LEAST_BYTES = 8 };

static bool is_dot_or_dots(const uint8_t *name, size_t length)
{
	return name[0] == '.' && (length == 1 || (length == 2 && name[1] == '.'));
}

static int add(struct fs_walk *w, const uint8_t *name, size_t length, uint64_t ino,
	struct error *err)
{
	if (length && is_dot_or_dots(name, length))
		return 0;
	return fs_walk_add(w, (const char *)name, length, ino, err);
}

/* Length, place, name, type, inode number, which has 4 bytes when that does for all. */
static int read_inline(struct xfs_reader *r, const struct xfs_inode *inode,
	struct fs_walk *w, struct error *err)
{
	const uint8_t *at = inode->data.bytes, *end;
	const unsigned int count = at[0];
	const size_t ino_bytes = at[1] ? 8 : 4;

	if (inode->size_bytes > inode->data.length_bytes)
		return xfs_reader_damaged(r, "a directory has no end", err);
	end = at + inode->size_bytes;
	at += INLINE_COUNTS_BYTES + ino_bytes;
	for (unsigned int i = 0; i < count; i++) {
		const size_t length = at < end ? *at : 0;
		const size_t bytes =
			1 + INLINE_OFFSET_BYTES + length + r->has_types + ino_bytes;
		const uint8_t *name = at + 1 + INLINE_OFFSET_BYTES;
		const uint8_t *ino = at + bytes - ino_bytes;

		if (at > end || bytes > (size_t)(end - at))
			return xfs_reader_damaged(r, "a directory has no end", err);
		if (add(w, name, length,
			    ino_bytes == 8 ? xfs_get_64(ino) : xfs_get_32(ino), err) < 0)
			return -1;
		at += bytes;
	}
	return 0;
}

/* Where the entries of a block end. */
static int find_end(
	const struct xfs_reader *r, const uint8_t *bytes, size_t *ret, struct error *err)
{
	const size_t room = r->dir_block_bytes - sizeof(struct xfs_dir_data_header) -
			    BLOCK_TAIL_BYTES;
	const uint8_t *tail = bytes + r->dir_block_bytes - BLOCK_TAIL_BYTES;
	uint32_t hashes;

	*ret = r->dir_block_bytes;
	if (xfs_get_32(bytes) == XFS_DIR_DATA_MAGIC)
		return 0;
	hashes = xfs_get_32(tail);
	if (hashes > room / HASH_BYTES)
		return xfs_reader_damaged(r, "a directory has too many hashes", err);
	*ret = (size_t)(tail - bytes) - (size_t)hashes * HASH_BYTES;
	return 0;
}

/* Inode number, length, name, type, padding, and where it begins. */
static int read_entry(const struct xfs_reader *r, const uint8_t *bytes, size_t at,
	size_t end, struct fs_walk *w, size_t *ret_bytes, struct error *err)
{
	const uint8_t *entry = bytes + at;
	const size_t left = end - at;
	const bool is_unused =
		left >= UNUSED_LEAST_BYTES && xfs_get_16(entry) == XFS_DIR_UNUSED_TAG;
	size_t length = 0;

	if (is_unused)
		length = xfs_get_16(entry + 2);
	else if (left > sizeof(uint64_t))
		length = round_up(
			sizeof(uint64_t) + 1 + entry[sizeof(uint64_t)] + r->has_types + 2,
			8);
	if (length < UNUSED_LEAST_BYTES || length % 8 || length > left ||
		xfs_get_16(entry + length - 2) != at)
		return xfs_reader_damaged(r, "an entry of a directory is none", err);
	*ret_bytes = length;
	if (is_unused)
		return 0;
	return add(w, entry + sizeof(uint64_t) + 1, entry[sizeof(uint64_t)],
		xfs_get_64(entry), err);
}

static int read_entries(const struct xfs_reader *r, const uint8_t *bytes,
	struct fs_walk *w, struct error *err)
{
	size_t end, step;

	if (find_end(r, bytes, &end, err) < 0)
		return -1;
	for (size_t at = sizeof(struct xfs_dir_data_header); at < end; at += step)
		if (read_entry(r, bytes, at, end, w, &step, err) < 0)
			return -1;
	return 0;
}

/* One that may stand in several places of the disk. */
static int read_block(struct xfs_reader *r, const struct xfs_inode *inode,
	const struct xfs_mappings *m, const struct xfs_mapping *first,
	uint64_t file_block, uint8_t *bytes, struct fs_walk *w, struct error *err)
{
	uint32_t magic;

	if (xfs_reader_mapped(
		    r, m, file_block << r->block_log, bytes, r->dir_block_bytes, err) < 0)
		return -1;
	magic = xfs_get_32(bytes);
	if (magic != XFS_DIR_DATA_MAGIC && magic != XFS_DIR_BLOCK_MAGIC)
		return xfs_reader_damaged(r, "a block of a directory is none", err);
	if (xfs_reader_check(r, &xfs_guard_dir, bytes, r->dir_block_bytes,
		    first->block + (file_block - first->file_block), inode->ino, err) < 0)
		return -1;
	return read_entries(r, bytes, w, err);
}

/* The entries alone: hashes and the index of room, which stand behind them, are ways to
 * find these sooner. */
int xfs_reader_dir(struct xfs_reader *r, const struct xfs_inode *inode, struct fs_walk *w,
	struct error *err)
{
	const uint64_t unit = r->dir_block_bytes >> r->block_log;
	const uint64_t end = XFS_DIR_LEAF_BYTES >> r->block_log;
	CLEANUP(xfs_mappings_releasep) struct xfs_mappings m = { 0 };
	CLEANUP(freep) uint8_t *bytes = NULL;

	if (inode->data.format == XFS_FORK_LOCAL)
		return read_inline(r, inode, w, err);
	if (xfs_reader_mappings(r, inode, &inode->data, &m, err) < 0)
		return -1;
	bytes = xmalloc(r->dir_block_bytes);
	for (size_t i = 0; i < m.count; i++) {
		const struct xfs_mapping *one = &m.items[i];
		const uint64_t until = one->file_block + one->count;
		uint64_t block = round_up(one->file_block, unit);

		for (; block < until && block < end; block += unit)
			if (read_block(r, inode, &m, one, block, bytes, w, err) < 0)
				return -1;
	}
	return 0;
}
