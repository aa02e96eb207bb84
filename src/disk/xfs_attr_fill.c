/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk/xfs_fs.h"

/* Values are written around the log, which is told so by this in place of a number. */
#define NOT_LOGGED UINT64_MAX

static void put_16(uint8_t *to, size_t value)
{
	const uint16_t be = htobe16((uint16_t)value);

	memcpy(to, &be, sizeof(be));
}

static void put_32(uint8_t *to, uint64_t value)
{
	const uint32_t be = htobe32((uint32_t)value);

	memcpy(to, &be, sizeof(be));
}

static void put_value(uint8_t *to, const struct xfs_attr *a)
{
	if (a->value_bytes)
		memcpy(to, a->value, a->value_bytes);
}

static void put_short(const struct xfs_attrs *a, uint8_t *to)
{
	put_16(to, a->short_bytes);
	to[2] = (uint8_t)a->count;
	to += XFS_ATTR_SHORT_HEADER_BYTES;
	for (size_t i = 0; i < a->count; i++) {
		const struct xfs_attr *one = &a->items[i];

		to[0] = (uint8_t)one->name_bytes;
		to[1] = (uint8_t)one->value_bytes;
		to[2] = one->space;
		memcpy(to + 3, one->name, one->name_bytes);
		put_value(to + 3 + one->name_bytes, one);
		to += xfs_attr_short_bytes(one);
	}
}

/* A name in the leaf, with its value or with the file block where that begins. */
static void put_name(uint8_t *to, const struct xfs_attr *a, uint64_t remote_block)
{
	if (a->remote_blocks) {
		put_32(to, remote_block);
		put_32(to + 4, a->value_bytes);
		to[8] = (uint8_t)a->name_bytes;
		memcpy(to + 9, a->name, a->name_bytes);
		return;
	}
	put_16(to, a->value_bytes);
	to[2] = (uint8_t)a->name_bytes;
	memcpy(to + 3, a->name, a->name_bytes);
	put_value(to + 3 + a->name_bytes, a);
}

/* Entries from the front, names from the back; what is between them is free. */
static void put_leaf(
	struct xfs_fs *x, uint64_t ino, const struct xfs_attrs *a, uint64_t block)
{
	uint8_t *bytes = xfs_block_new(x, block);
	struct xfs_attr_leaf_header *h = (struct xfs_attr_leaf_header *)bytes;
	uint8_t *entry = bytes + sizeof(*h);
	uint64_t remote_block = 1;
	size_t at = XFS_BLOCK_BYTES, entries_end;

	xfs_da_header_put(x, &h->header, XFS_ATTR_LEAF_MAGIC, ino, block);
	for (size_t i = 0; i < a->count; i++) {
		const struct xfs_attr *one = &a->items[i];

		at -= xfs_attr_leaf_bytes(one);
		put_name(bytes + at, one, remote_block);
		remote_block += one->remote_blocks;
		put_32(entry, one->hash);
		put_16(entry + 4, at);
		entry[6] = one->space | (one->remote_blocks ? 0 : XFS_ATTR_LOCAL);
		entry += XFS_ATTR_LEAF_ENTRY_BYTES;
	}
	entries_end = (size_t)(entry - bytes);
	h->count = htobe16((uint16_t)a->count);
	h->used_bytes = htobe16((uint16_t)(XFS_BLOCK_BYTES - at));
	h->first_used = htobe16((uint16_t)at);
	h->free[0].offset = htobe16((uint16_t)entries_end);
	h->free[0].length = htobe16((uint16_t)(at - entries_end));
	xfs_put_crc(bytes, XFS_BLOCK_BYTES, offsetof(struct xfs_da_header, crc));
}

static void put_remote_block(struct xfs_fs *x, uint64_t ino, const struct xfs_attr *a,
	uint64_t number, uint64_t block)
{
	const uint64_t from = number * XFS_REMOTE_ROOM_BYTES;
	const uint64_t left = a->value_bytes - from;
	const uint64_t length =
		left < XFS_REMOTE_ROOM_BYTES ? left : XFS_REMOTE_ROOM_BYTES;
	uint8_t *bytes = xfs_block_new(x, block);
	struct xfs_remote_header *h = (struct xfs_remote_header *)bytes;

	h->magic = htobe32(XFS_REMOTE_MAGIC);
	h->offset = htobe32((uint32_t)from);
	h->bytes = htobe32((uint32_t)length);
	h->owner = htobe64(ino);
	h->sector = htobe64(xfs_sector(block));
	h->lsn = htobe64(NOT_LOGGED);
	memcpy(h->uuid, x->spec->uuid, sizeof(h->uuid));
	memcpy(bytes + sizeof(*h), (const uint8_t *)a->value + from, length);
	xfs_put_crc(bytes, XFS_BLOCK_BYTES, offsetof(struct xfs_remote_header, crc));
}

int xfs_attrs_fill(struct xfs_fs *x, uint64_t ino, const struct xfs_attrs *a,
	uint8_t *fork, struct xfs_extents *extents, struct error *err)
{
	uint64_t file_block = 1;

	if (a->blocks == 0) {
		put_short(a, fork);
		return 0;
	}
	if (xfs_extents_take(x, 0, a->blocks, extents, err) < 0)
		return -1;
	put_leaf(x, ino, a, xfs_extents_find(extents, 0));
	for (size_t i = 0; i < a->count; i++)
		for (uint64_t n = 0; n < a->items[i].remote_blocks; n++)
			put_remote_block(x, ino, &a->items[i], n,
				xfs_extents_find(extents, file_block++));
	return 0;
}
