/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/alloc.h"
#include "base/cleanup.h"
#include "disk/xfs_btree.h"
#include "disk/xfs_fs.h"

enum { AG_VERSION = 1 };

/* The pieces of a group that are free; in the order of their place. */
struct free_pieces {
	struct xfs_free_record items[2]; /* big-endian */
	size_t count;
	uint32_t blocks;
	uint32_t longest;
};

static void add_piece(struct free_pieces *p, uint32_t first, uint32_t count)
{
	if (count == 0)
		return;
	p->items[p->count++] = (struct xfs_free_record){ htobe32(first), htobe32(count) };
	p->blocks += count;
	if (count > p->longest)
		p->longest = count;
}

static struct free_pieces free_pieces_of(const struct xfs_ag *ag)
{
	struct free_pieces p = { 0 };

	add_piece(&p, ag->gap, ag->gap_blocks);
	add_piece(&p, ag->cursor, ag->blocks - ag->cursor);
	return p;
}

static void sort_by_length(struct free_pieces *p)
{
	const struct xfs_free_record first = p->items[0];

	if (p->count == 2 && be32toh(first.count) > be32toh(p->items[1].count)) {
		p->items[0] = p->items[1];
		p->items[1] = first;
	}
}

/* One of the trees that have a single block here. */
static void put_small_tree(struct xfs_fs *x, uint32_t ag, uint32_t magic, uint32_t root,
	const void *records, size_t record_bytes, size_t count)
{
	const struct xfs_short_tree t = {
		.ag = ag,
		.magic = magic,
		.records = records,
		.record_bytes = record_bytes,
		.count = count,
		.root = root,
	};

	(void)xfs_short_tree_put(x, &t);
}

static void put_free_space(struct xfs_fs *x, uint32_t number, struct xfs_agf *agf)
{
	const struct xfs_ag *ag = &x->space->ags[number];
	struct free_pieces p = free_pieces_of(ag);

	agf->magic = htobe32(XFS_AGF_MAGIC);
	agf->version = htobe32(AG_VERSION);
	agf->number = htobe32(number);
	agf->blocks = htobe32(ag->blocks);
	agf->bno_root = htobe32(XFS_AG_BNO_BLOCK);
	agf->cnt_root = htobe32(XFS_AG_CNT_BLOCK);
	agf->refcount_root = htobe32(XFS_AG_REFC_BLOCK);
	agf->bno_levels = agf->cnt_levels = agf->refcount_levels = htobe32(1);
	agf->refcount_blocks = htobe32(1);
	agf->list_last = htobe32(XFS_AG_LIST_BLOCKS - 1);
	agf->list_count = htobe32(XFS_AG_LIST_BLOCKS);
	agf->free_blocks = htobe32(p.blocks);
	agf->longest = htobe32(p.longest);
	memcpy(agf->uuid, x->spec->uuid, sizeof(agf->uuid));
	xfs_put_crc(agf, XFS_SECTOR_BYTES, offsetof(struct xfs_agf, crc));
	put_small_tree(x, number, XFS_BNO_MAGIC, XFS_AG_BNO_BLOCK, p.items,
		sizeof(p.items[0]), p.count);
	sort_by_length(&p);
	put_small_tree(x, number, XFS_CNT_MAGIC, XFS_AG_CNT_BLOCK, p.items,
		sizeof(p.items[0]), p.count);
	/* Nothing is shared. */
	put_small_tree(x, number, XFS_REFC_MAGIC, XFS_AG_REFC_BLOCK, NULL,
		sizeof(uint32_t[3]), 0);
}

/* All inodes are used but the last ones of the last chunk. */
static struct xfs_inode_record *chunk_records(const struct xfs_ag *ag)
{
	struct xfs_inode_record *records =
		xcalloc((size_t)ag->chunks + 1, sizeof(*records));

	for (uint32_t i = 0; i < ag->chunks; i++) {
		struct xfs_inode_record *r = &records[i];
		const uint32_t left = ag->inodes - i * XFS_CHUNK_INODES;

		r->first = htobe32(
			(ag->chunk_block << XFS_BLOCK_INODES_LOG) + i * XFS_CHUNK_INODES);
		r->count = XFS_CHUNK_INODES;
		if (left < XFS_CHUNK_INODES) {
			r->free_count = (uint8_t)(XFS_CHUNK_INODES - left);
			r->free_mask = htobe64(UINT64_MAX << left);
		}
	}
	return records;
}

static void put_inodes(struct xfs_fs *x, uint32_t number, struct xfs_agi *agi)
{
	const struct xfs_ag *ag = &x->space->ags[number];
	CLEANUP(freep) struct xfs_inode_record *records = chunk_records(ag);
	const uint32_t count = ag->chunks * XFS_CHUNK_INODES;
	const struct xfs_short_tree tree = {
		.ag = number,
		.magic = XFS_INO_MAGIC,
		.records = (const uint8_t *)records,
		.record_bytes = sizeof(*records),
		.count = ag->chunks,
		.root = XFS_AG_INO_BLOCK,
		.more = ag->tree_block,
	};

	agi->magic = htobe32(XFS_AGI_MAGIC);
	agi->version = htobe32(AG_VERSION);
	agi->number = htobe32(number);
	agi->blocks = htobe32(ag->blocks);
	agi->inode_count = htobe32(count);
	agi->free_count = htobe32(count - ag->inodes);
	agi->newest = agi->newest_dir = htobe32(XFS_NO_BLOCK);
	if (ag->chunks)
		agi->newest = records[ag->chunks - 1].first;
	memset(agi->unlinked, 0xff, sizeof(agi->unlinked));
	memcpy(agi->uuid, x->spec->uuid, sizeof(agi->uuid));
	agi->root = htobe32(XFS_AG_INO_BLOCK);
	agi->levels = htobe32(xfs_short_tree_put(x, &tree));
	agi->inobt_blocks = htobe32((uint32_t)xfs_inode_tree_blocks(ag->chunks));
	agi->free_root = htobe32(XFS_AG_FINO_BLOCK);
	agi->free_levels = agi->finobt_blocks = htobe32(1);
	xfs_put_crc(agi, XFS_SECTOR_BYTES, offsetof(struct xfs_agi, crc));
	put_small_tree(x, number, XFS_FINO_MAGIC, XFS_AG_FINO_BLOCK,
		ag->chunks ? &records[ag->chunks - 1] : NULL, sizeof(*records),
		count > ag->inodes);
}

static void put_list(const struct xfs_fs *x, uint32_t number, struct xfs_agfl *agfl)
{
	agfl->magic = htobe32(XFS_AGFL_MAGIC);
	agfl->number = htobe32(number);
	memcpy(agfl->uuid, x->spec->uuid, sizeof(agfl->uuid));
	memset(agfl->blocks, 0xff, sizeof(agfl->blocks));
	for (uint32_t i = 0; i < XFS_AG_LIST_BLOCKS; i++)
		agfl->blocks[i] = htobe32(XFS_AG_LIST_BLOCK + i);
	xfs_put_crc(agfl, XFS_SECTOR_BYTES, offsetof(struct xfs_agfl, crc));
}

void xfs_ag_put(struct xfs_fs *x, uint32_t number)
{
	uint8_t *head = xfs_block_new(x, xfs_space_block(x->space, number, 0));

	xfs_superblock_put(x, (struct xfs_sb *)head);
	put_free_space(x, number, (struct xfs_agf *)(head + XFS_SECTOR_BYTES));
	put_inodes(x, number, (struct xfs_agi *)(head + 2 * XFS_SECTOR_BYTES));
	put_list(x, number, (struct xfs_agfl *)(head + 3 * XFS_SECTOR_BYTES));
}
