/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "disk/xfs_reader_fs.h"

/* Of the root of a tree in an inode: level and number of entries, 16 bits each. */
enum { ROOT_HEADER_BYTES = 4, ENTRY_BYTES = 2 * sizeof(uint64_t), LEVELS_MOST = 9 };

void xfs_mappings_release(struct xfs_mappings *m)
{
	free(m->items);
	*m = (struct xfs_mappings){ 0 };
}

/* A fork's extents while they are read. */
struct reading {
	struct xfs_reader *r;
	const struct xfs_inode *inode;
	const struct xfs_fork *fork;
	struct xfs_mappings *to;
};

/* See put_record() in xfs_extents.c for what is in the bits; the flag says "unwritten".
 * That each stands behind the one before it keeps a tree from giving blocks twice. */
static int add_record(struct reading *g, const uint8_t *from, struct error *err)
{
	const uint64_t high = xfs_get_64(from), low = xfs_get_64(from + 8);
	const uint64_t block = (high & 0x1ff) << 43 | low >> 21;
	const struct xfs_mapping *last =
		g->to->count ? &g->to->items[g->to->count - 1] : NULL;
	struct xfs_mapping m = {
		.file_block = high >> 9 & ((UINT64_C(1) << 54) - 1),
		.count = low & XFS_EXTENT_MOST_BLOCKS,
		.is_unwritten = high >> 63,
	};

	/* Bytes of a file are counted with 63 bits. */
	if (m.file_block >> (63 - g->r->block_log))
		return xfs_reader_damaged(g->r, "a file has no end", err);
	if (!m.count || (last && m.file_block < last->file_block + last->count))
		return xfs_reader_damaged(g->r, "extents of a file overlap", err);
	if (!xfs_reader_find_blocks(g->r, block, m.count, &m.block))
		return xfs_reader_damaged(g->r, "a file reaches outside of it", err);
	array_reserve_one((void **)&g->to->items, g->to->count, &g->to->room,
		sizeof(*g->to->items));
	g->to->items[g->to->count++] = m;
	return 0;
}

static int add_records(
	struct reading *g, const uint8_t *from, uint64_t count, struct error *err)
{
	for (uint64_t i = 0; i < count; i++)
		if (add_record(g, from + i * ENTRY_BYTES, err) < 0)
			return -1;
	return 0;
}

/* A block of the tree, checked. */
static int read_block(struct reading *g, uint64_t on_disk, unsigned int level,
	uint8_t *bytes, struct error *err)
{
	const struct xfs_long_block *h = (const struct xfs_long_block *)bytes;
	struct xfs_reader *r = g->r;
	uint64_t block;

	if (!xfs_reader_find_blocks(r, on_disk, 1, &block))
		return xfs_reader_damaged(r, "extents would stand outside of it", err);
	if (xfs_reader_bytes(r, block << r->block_log, bytes, r->block_bytes, err) < 0)
		return -1;
	if (be32toh(h->magic) != XFS_BMAP_MAGIC || be16toh(h->level) != level)
		return xfs_reader_damaged(r, "a block with extents is none", err);
	if (xfs_reader_check(r, &xfs_guard_tree, bytes, r->block_bytes, block,
		    g->inode->ino, err) < 0)
		return -1;
	if (!h->count || be16toh(h->count) > (r->block_bytes - sizeof(*h)) / ENTRY_BYTES)
		return xfs_reader_damaged(
			r, "the number of extents in a block makes no sense", err);
	return 0;
}

/* Levels go down by one at each step: there are no circles. */
static int read_subtree(
	struct reading *g, uint64_t on_disk, unsigned int level, struct error *err)
{
	CLEANUP(freep) uint8_t *bytes = xmalloc(g->r->block_bytes);
	const struct xfs_long_block *h = (const struct xfs_long_block *)bytes;
	const uint8_t *pointers;
	size_t count;

	if (read_block(g, on_disk, level, bytes, err) < 0)
		return -1;
	count = be16toh(h->count);
	if (!level)
		return add_records(g, bytes + sizeof(*h), count, err);
	/* Behind all the room that there is for keys. */
	pointers = bytes + sizeof(*h) +
		   (g->r->block_bytes - sizeof(*h)) / ENTRY_BYTES * sizeof(uint64_t);
	for (size_t i = 0; i < count; i++)
		if (read_subtree(g, xfs_get_64(pointers + i * sizeof(uint64_t)),
			    level - 1, err) < 0)
			return -1;
	return 0;
}

static int read_tree(struct reading *g, struct error *err)
{
	const uint8_t *bytes = g->fork->bytes;
	const unsigned int level = xfs_get_16(bytes), count = xfs_get_16(bytes + 2);
	const size_t room = (g->fork->length_bytes - ROOT_HEADER_BYTES) / ENTRY_BYTES;
	const uint8_t *pointers = bytes + ROOT_HEADER_BYTES + room * sizeof(uint64_t);

	if (!level || level > LEVELS_MOST || !count || count > room)
		return xfs_reader_damaged(
			g->r, "the root of a tree of extents makes no sense", err);
	for (size_t i = 0; i < count; i++)
		if (read_subtree(g, xfs_get_64(pointers + i * sizeof(uint64_t)),
			    level - 1, err) < 0)
			return -1;
	return 0;
}

int xfs_reader_mappings(struct xfs_reader *r, const struct xfs_inode *inode,
	const struct xfs_fork *fork, struct xfs_mappings *ret, struct error *err)
{
	CLEANUP(xfs_mappings_releasep) struct xfs_mappings found = { 0 };
	struct reading g = { r, inode, fork, &found };

	if (fork->format == XFS_FORK_BTREE) {
		if (read_tree(&g, err) < 0)
			return -1;
	} else if (fork->format != XFS_FORK_EXTENTS ||
		   fork->extents > fork->length_bytes / ENTRY_BYTES) {
		return xfs_reader_damaged(r, "a file has no list of extents", err);
	} else if (add_records(&g, fork->bytes, fork->extents, err) < 0) {
		return -1;
	}
	if (found.count != fork->extents)
		return xfs_reader_damaged(
			r, "a file has not as many extents as it says", err);
	*ret = found;
	found = (struct xfs_mappings){ 0 };
	return 0;
}

/* The first that ends behind the file's block, which may begin behind it, too. */
static size_t first_from(const struct xfs_mappings *m, uint64_t block)
{
	size_t low = 0, high = m->count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (m->items[middle].file_block + m->items[middle].count <= block)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct xfs_mapping *xfs_mapping_find(const struct xfs_mappings *m, uint64_t block)
{
	const size_t i = first_from(m, block);

	return i < m->count && m->items[i].file_block <= block ? &m->items[i] : NULL;
}

int xfs_reader_mapped(struct xfs_reader *r, const struct xfs_mappings *m,
	uint64_t at_bytes, void *to, size_t length_bytes, struct error *err)
{
	const uint64_t end = at_bytes + length_bytes;

	memset(to, 0, length_bytes);
	for (size_t i = first_from(m, at_bytes >> r->block_log); i < m->count; i++) {
		const struct xfs_mapping *one = &m->items[i];
		const uint64_t begin = one->file_block << r->block_log;
		const uint64_t from = begin > at_bytes ? begin : at_bytes;
		uint64_t until = begin + (one->count << r->block_log);

		if (from >= end)
			break;
		if (until > end)
			until = end;
		if (one->is_unwritten)
			continue;
		if (xfs_reader_bytes(r, (one->block << r->block_log) + (from - begin),
			    (uint8_t *)to + (from - at_bytes), (size_t)(until - from),
			    err) < 0)
			return -1;
	}
	return 0;
}
