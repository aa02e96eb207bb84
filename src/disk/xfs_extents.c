/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/alloc.h"
#include "base/cleanup.h"
#include "disk/xfs_btree.h"
#include "disk/xfs_fs.h"

/* Of the root of a tree in an inode: level and number of entries, 16 bits each. */
enum { ROOT_HEADER_BYTES = 4, ROOT_ENTRY_BYTES = 2 * sizeof(uint64_t) };

void xfs_extents_release(struct xfs_extents *e)
{
	free(e->items);
	*e = (struct xfs_extents){ 0 };
}

int xfs_extents_take(struct xfs_fs *x, uint64_t file_block, uint64_t count,
	struct xfs_extents *to, struct error *err)
{
	while (count) {
		struct xfs_extent e = { .file_block = file_block };
		struct xfs_extent *last = to->count ? &to->items[to->count - 1] : NULL;

		e.count = xfs_space_take(x->space, count, &e.block);
		if (e.count == 0)
			return error_set(err, ERR_SPACE, 0,
				"the root file system has fewer blocks than were "
				"counted; "
				"this is a bug");
		file_block += e.count;
		count -= e.count;
		to->blocks += e.count;
		if (last && last->file_block + last->count == e.file_block &&
			last->block + last->count == e.block &&
			last->count + e.count <= XFS_EXTENT_MOST_BLOCKS) {
			last->count += e.count;
			continue;
		}
		array_reserve_one(
			(void **)&to->items, to->count, &to->room, sizeof(*to->items));
		to->items[to->count++] = e;
	}
	return 0;
}

uint64_t xfs_extents_find(const struct xfs_extents *e, uint64_t file_block)
{
	size_t i = 0;

	while (file_block < e->items[i].file_block ||
		file_block >= e->items[i].file_block + e->items[i].count)
		i++;
	return e->items[i].block + (file_block - e->items[i].file_block);
}

static uint64_t root_entries(uint32_t fork_bytes)
{
	return (fork_bytes - ROOT_HEADER_BYTES) / ROOT_ENTRY_BYTES;
}

static bool fits_as_list(uint64_t extents, uint32_t fork_bytes)
{
	return extents <= fork_bytes / sizeof(struct xfs_extent_record);
}

uint64_t xfs_extent_tree_blocks(uint64_t extents, uint32_t fork_bytes)
{
	uint64_t blocks = 0, level = extents, most = XFS_LONG_RECORDS;

	if (fits_as_list(extents, fork_bytes))
		return 0;
	do {
		level = xfs_quotient_up(level, most);
		blocks += level;
		most = XFS_LONG_POINTERS;
	} while (level > root_entries(fork_bytes));
	return blocks;
}

/* From the top: a flag, 54 bits of file block, 52 of block on disk, 21 of length. */
static void put_record(
	const struct xfs_fs *x, const struct xfs_extent *e, struct xfs_extent_record *to)
{
	const uint64_t block = xfs_space_fsblock(x->space, e->block);

	to->high = htobe64(e->file_block << 9 | block >> 43);
	to->low = htobe64(block << 21 | e->count);
}

static void put_list(
	const struct xfs_fs *x, const struct xfs_extent *items, size_t count, uint8_t *to)
{
	for (size_t i = 0; i < count; i++) {
		struct xfs_extent_record r;

		put_record(x, &items[i], &r);
		memcpy(to + i * sizeof(r), &r, sizeof(r));
	}
}

/* Keys, and the blocks behind all the room that there is for keys. */
static void put_pointers(const struct xfs_fs *x, const struct xfs_extent *items,
	size_t count, uint64_t room, uint8_t *to)
{
	for (size_t i = 0; i < count; i++) {
		const uint64_t key = htobe64(items[i].file_block);
		const uint64_t block =
			htobe64(xfs_space_fsblock(x->space, items[i].block));

		memcpy(to + i * sizeof(key), &key, sizeof(key));
		memcpy(to + (room + i) * sizeof(block), &block, sizeof(block));
	}
}

static uint64_t sibling(
	const struct xfs_fs *x, const struct xfs_extents *blocks, uint64_t part)
{
	if (part >= blocks->blocks) /* also the one before the first */
		return htobe64(XFS_NO_LONG_BLOCK);
	return htobe64(xfs_space_fsblock(x->space, xfs_extents_find(blocks, part)));
}

/* The part-th of `blocks`, filled with its share of `items`; it becomes *ret. */
static void put_tree_block(struct xfs_fs *x, uint64_t ino, unsigned int level,
	const struct xfs_extents *items, const struct xfs_extents *blocks, uint64_t part,
	struct xfs_extent *ret)
{
	const uint64_t from = xfs_btree_share(items->count, blocks->blocks, part);
	const uint64_t to = xfs_btree_share(items->count, blocks->blocks, part + 1);
	const uint64_t block = xfs_extents_find(blocks, part);
	uint8_t *bytes = xfs_block_new(x, block);
	struct xfs_long_block *h = (struct xfs_long_block *)bytes;

	h->magic = htobe32(XFS_BMAP_MAGIC);
	h->level = htobe16((uint16_t)level);
	h->count = htobe16((uint16_t)(to - from));
	h->left = sibling(x, blocks, part - 1);
	h->right = sibling(x, blocks, part + 1);
	h->sector = htobe64(xfs_sector(block));
	h->owner = htobe64(ino);
	memcpy(h->uuid, x->spec->uuid, sizeof(h->uuid));
	if (level)
		put_pointers(x, items->items + from, to - from, XFS_LONG_POINTERS,
			bytes + sizeof(*h));
	else
		put_list(x, items->items + from, to - from, bytes + sizeof(*h));
	xfs_put_crc(h, XFS_BLOCK_BYTES, offsetof(struct xfs_long_block, crc));
	*ret = (struct xfs_extent){ items->items[from].file_block, block, 1 };
}

/* Put `level` into blocks, and replace it by what stands for these. */
static int put_tree_level(struct xfs_fs *x, uint64_t ino, unsigned int depth,
	struct xfs_extents *level, struct error *err)
{
	CLEANUP(xfs_extents_releasep) struct xfs_extents blocks = { 0 };
	CLEANUP(xfs_extents_releasep) struct xfs_extents above = { 0 };
	const uint64_t most = depth ? XFS_LONG_POINTERS : XFS_LONG_RECORDS;
	const uint64_t parts = xfs_quotient_up(level->count, most);
	struct xfs_extents swap;

	if (xfs_extents_take(x, 0, parts, &blocks, err) < 0)
		return -1;
	above.items = xcalloc(parts, sizeof(*above.items));
	above.count = parts;
	for (uint64_t part = 0; part < parts; part++)
		put_tree_block(x, ino, depth, level, &blocks, part, &above.items[part]);
	swap = *level;
	*level = above;
	above = swap;
	return 0;
}

static int put_tree(struct xfs_fs *x, uint64_t ino, const struct xfs_extents *e,
	uint8_t *fork, uint32_t fork_bytes, uint64_t *ret_blocks, struct error *err)
{
	CLEANUP(xfs_extents_releasep) struct xfs_extents level = { .count = e->count };
	const uint64_t room = root_entries(fork_bytes);
	uint16_t depth = 0, be;
	uint64_t blocks = 0;

	level.items = xmemdup(e->items, e->count * sizeof(*e->items));
	do {
		if (put_tree_level(x, ino, depth++, &level, err) < 0)
			return -1;
		blocks += level.count;
	} while (level.count > room);
	be = htobe16(depth);
	memcpy(fork, &be, sizeof(be));
	be = htobe16((uint16_t)level.count);
	memcpy(fork + sizeof(be), &be, sizeof(be));
	put_pointers(x, level.items, level.count, room, fork + ROOT_HEADER_BYTES);
	*ret_blocks = blocks;
	return 0;
}

int xfs_extents_put(struct xfs_fs *x, uint64_t ino, const struct xfs_extents *e,
	uint8_t *fork, uint32_t fork_bytes, uint8_t *ret_format,
	uint64_t *ret_tree_blocks, struct error *err)
{
	if (!fits_as_list(e->count, fork_bytes)) {
		*ret_format = XFS_FORK_BTREE;
		return put_tree(x, ino, e, fork, fork_bytes, ret_tree_blocks, err);
	}
	put_list(x, e->items, e->count, fork);
	*ret_format = XFS_FORK_EXTENTS;
	*ret_tree_blocks = 0;
	return 0;
}
