/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk/xfs_btree.h"

#include "base/alloc.h"
#include "base/cleanup.h"
#include "disk/xfs_fs.h"

/* An entry of a block above: the first key of the block below. Both big-endian. */
struct pointer {
	uint32_t key;
	uint32_t block;
};

uint64_t xfs_inode_tree_blocks(uint64_t records)
{
	uint64_t level = xfs_quotient_up(records, XFS_SHORT_INODE_RECORDS);
	uint64_t blocks = level ? level : 1;

	while (level > 1) {
		level = xfs_quotient_up(level, XFS_SHORT_POINTERS);
		blocks += level;
	}
	return blocks;
}

/* Blocks of one level, and what they are filled with. */
struct level {
	uint32_t number; /* 0: leaves */
	uint64_t count; /* of records, or of pointers */
	uint64_t parts;
	uint32_t first; /* block */
};

static void put_pointers(uint8_t *to, const struct pointer *pointers, uint64_t count)
{
	uint8_t *blocks = to + XFS_SHORT_POINTERS * sizeof(uint32_t);

	for (uint64_t i = 0; i < count; i++) {
		memcpy(to + i * sizeof(uint32_t), &pointers[i].key, sizeof(uint32_t));
		memcpy(blocks + i * sizeof(uint32_t), &pointers[i].block,
			sizeof(uint32_t));
	}
}

/* The part-th block of the level; what stands for it in the level above. */
static struct pointer put_block(struct xfs_fs *x, const struct xfs_short_tree *t,
	const struct level *l, uint64_t part, const struct pointer *below)
{
	const uint64_t from = xfs_btree_share(l->count, l->parts, part);
	const uint64_t count = xfs_btree_share(l->count, l->parts, part + 1) - from;
	const uint32_t at = l->first + (uint32_t)part;
	const uint64_t block = xfs_space_block(x->space, t->ag, at);
	uint8_t *bytes = xfs_block_new(x, block);
	struct xfs_short_block *h = (struct xfs_short_block *)bytes;
	struct pointer self = { .block = htobe32(at) };

	h->magic = htobe32(t->magic);
	h->level = htobe16((uint16_t)l->number);
	h->count = htobe16((uint16_t)count);
	h->left = htobe32(part ? at - 1 : XFS_NO_BLOCK);
	h->right = htobe32(part + 1 < l->parts ? at + 1 : XFS_NO_BLOCK);
	h->sector = htobe64(xfs_sector(block));
	h->owner = htobe32(t->ag);
	memcpy(h->uuid, x->spec->uuid, sizeof(h->uuid));
	bytes += sizeof(*h);
	if (l->number)
		put_pointers(bytes, below + from, count);
	else if (count)
		memcpy(bytes, t->records + from * t->record_bytes,
			count * t->record_bytes);
	memcpy(&self.key, bytes, sizeof(self.key));
	xfs_put_crc(h, XFS_BLOCK_BYTES, offsetof(struct xfs_short_block, crc));
	return self;
}

uint32_t xfs_short_tree_put(struct xfs_fs *x, const struct xfs_short_tree *t)
{
	struct level l = { .count = t->count };
	uint64_t most = XFS_SHORT_ROOM_BYTES / t->record_bytes;
	uint32_t more = t->more;
	CLEANUP(freep) struct pointer *below = NULL;

	for (;; l.number++) {
		CLEANUP(freep) struct pointer *above = NULL;

		l.parts = l.count > most ? xfs_quotient_up(l.count, most) : 1;
		l.first = l.parts == 1 ? t->root : more;
		above = xcalloc(l.parts, sizeof(*above));
		for (uint64_t part = 0; part < l.parts; part++)
			above[part] = put_block(x, t, &l, part, below);
		if (l.parts == 1)
			return l.number + 1;
		more += (uint32_t)l.parts;
		l.count = l.parts;
		most = XFS_SHORT_POINTERS;
		free(below);
		below = TAKE_PTR(above);
	}
}
