/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/alloc.h"
#include "base/cleanup.h"
#include "disk/xfs_btree.h"
#include "disk/xfs_dir.h"

/* An entry of a node: the block below, and the greatest hash in it. */
struct pointer {
	uint32_t hash;
	uint64_t file_block;
};

/* Blocks of one level of the tree: `parts` from file block `first` on. */
struct level {
	unsigned int number; /* 0: leaves */
	uint64_t first;
	uint64_t parts;
};

void xfs_da_header_put(const struct xfs_fs *x, struct xfs_da_header *h,
	unsigned int magic, uint64_t ino, uint64_t block)
{
	h->magic = htobe16((uint16_t)magic);
	h->sector = htobe64(xfs_sector(block));
	h->owner = htobe64(ino);
	memcpy(h->uuid, x->spec->uuid, sizeof(h->uuid));
}

/* Pairs of 32 bits, which leaves and nodes are made of. */
static void put_pair(uint8_t *to, uint64_t n, uint32_t first, uint64_t second)
{
	const uint32_t pair[2] = { htobe32(first), htobe32((uint32_t)second) };

	memcpy(to + n * sizeof(pair), pair, sizeof(pair));
}

static uint8_t *new_block(
	const struct xfs_dir *d, unsigned int magic, uint64_t file_block)
{
	const uint64_t block = xfs_extents_find(d->extents, file_block);
	uint8_t *bytes = xfs_block_new(d->x, block);

	xfs_da_header_put(d->x, (struct xfs_da_header *)bytes, magic, d->ino, block);
	return bytes;
}

static void finish_block(uint8_t *bytes)
{
	xfs_put_crc(bytes, XFS_BLOCK_BYTES, offsetof(struct xfs_da_header, crc));
}

static void put_hashes(const struct xfs_dir *d, uint8_t *bytes, size_t from, size_t count)
{
	struct xfs_dir_leaf_header *h = (struct xfs_dir_leaf_header *)bytes;

	h->count = htobe16((uint16_t)count);
	for (size_t i = 0; i < count; i++)
		put_pair(bytes + sizeof(*h), i, d->hashes[from + i].hash,
			d->hashes[from + i].address);
}

/* All hashes in one block, and behind them the room of each block of entries. */
static void put_one_leaf(const struct xfs_dir *d)
{
	uint8_t *bytes = new_block(d, XFS_DIR_LEAF1_MAGIC, XFS_DIR_LEAF_BLOCK);
	const uint32_t count = htobe32((uint32_t)d->shape->data_blocks);
	const size_t room_bytes = d->shape->data_blocks * sizeof(*d->room);
	uint8_t *tail = bytes + XFS_BLOCK_BYTES - XFS_DIR_LEAF_TAIL_BYTES;

	put_hashes(d, bytes, 0, d->count);
	memcpy(tail, &count, sizeof(count));
	memcpy(tail - room_bytes, d->room, room_bytes);
	finish_block(bytes);
}

static void link_siblings(uint8_t *bytes, const struct level *l, uint64_t part)
{
	struct xfs_da_header *h = (struct xfs_da_header *)bytes;
	const uint64_t self = l->first + part;

	h->previous = htobe32((uint32_t)(part ? self - 1 : 0));
	h->next = htobe32((uint32_t)(part + 1 < l->parts ? self + 1 : 0));
}

static void put_leaves(const struct xfs_dir *d, const struct level *l, struct pointer *to)
{
	for (uint64_t part = 0; part < l->parts; part++) {
		const size_t from = xfs_btree_share(d->count, l->parts, part);
		const size_t end = xfs_btree_share(d->count, l->parts, part + 1);
		uint8_t *bytes = new_block(d, XFS_DIR_LEAFN_MAGIC, l->first + part);

		link_siblings(bytes, l, part);
		put_hashes(d, bytes, from, end - from);
		finish_block(bytes);
		to[part] = (struct pointer){ d->hashes[end - 1].hash, l->first + part };
	}
}

/* The level above `count` blocks; what stands for its own blocks replaces these. */
static void put_nodes(const struct xfs_dir *d, const struct level *l,
	struct pointer *below, uint64_t count)
{
	for (uint64_t part = 0; part < l->parts; part++) {
		const uint64_t from = xfs_btree_share(count, l->parts, part);
		const uint64_t end = xfs_btree_share(count, l->parts, part + 1);
		uint8_t *bytes = new_block(d, XFS_DA_NODE_MAGIC, l->first + part);
		struct xfs_da_node_header *h = (struct xfs_da_node_header *)bytes;

		link_siblings(bytes, l, part);
		h->count = htobe16((uint16_t)(end - from));
		h->level = htobe16((uint16_t)l->number);
		for (uint64_t i = from; i < end; i++)
			put_pair(bytes + sizeof(*h), i - from, below[i].hash,
				below[i].file_block);
		finish_block(bytes);
		below[part] = (struct pointer){ below[end - 1].hash, l->first + part };
	}
}

/* The root is the first of all blocks, wherever the others stand. */
static void put_tree(const struct xfs_dir *d)
{
	struct level l = {
		.first = XFS_DIR_LEAF_BLOCK + 1,
		.parts = xfs_quotient_up(d->count, XFS_DIR_LEAF_ENTRIES),
	};
	CLEANUP(freep) struct pointer *below = NULL;

	l.parts = l.parts < 2 ? 2 : l.parts;
	below = xcalloc(l.parts, sizeof(*below));
	put_leaves(d, &l, below);
	while (l.parts > 1) {
		const uint64_t count = l.parts;

		l.number++;
		l.first += l.parts;
		l.parts = xfs_quotient_up(count, XFS_DIR_LEAF_ENTRIES);
		if (l.parts == 1)
			l.first = XFS_DIR_LEAF_BLOCK;
		put_nodes(d, &l, below, count);
	}
}

static void put_room_block(const struct xfs_dir *d, uint64_t number)
{
	const uint64_t first = number * XFS_DIR_FREE_ENTRIES;
	const uint64_t left = d->shape->data_blocks - first;
	const uint64_t count = left < XFS_DIR_FREE_ENTRIES ? left : XFS_DIR_FREE_ENTRIES;
	const uint64_t block = xfs_extents_find(d->extents, XFS_DIR_FREE_BLOCK + number);
	uint8_t *bytes = xfs_block_new(d->x, block);
	struct xfs_dir_free_header *h = (struct xfs_dir_free_header *)bytes;

	xfs_dir_header_put(d, &h->header, XFS_DIR_FREE_MAGIC, block);
	h->first = htobe32((uint32_t)first);
	h->valid = h->used = htobe32((uint32_t)count);
	memcpy(bytes + sizeof(*h), d->room + first, count * sizeof(*d->room));
	xfs_put_crc(bytes, XFS_BLOCK_BYTES, offsetof(struct xfs_dir_header, crc));
}

void xfs_dir_put_index(const struct xfs_dir *d)
{
	if (d->shape->form == XFS_DIR_ONE_LEAF) {
		put_one_leaf(d);
		return;
	}
	put_tree(d);
	for (uint64_t i = 0; i < d->shape->free_blocks; i++)
		put_room_block(d, i);
}
