/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk/xfs_dir.h"

#include <sys/stat.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "disk/xfs_name_hash.h"

static uint8_t entry_type(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		return XFS_ENTRY_FILE;
	case S_IFDIR:
		return XFS_ENTRY_DIR;
	case S_IFLNK:
		return XFS_ENTRY_SYMLINK;
	case S_IFCHR:
		return XFS_ENTRY_CHAR;
	case S_IFBLK:
		return XFS_ENTRY_BLOCK;
	case S_IFIFO:
		return XFS_ENTRY_FIFO;
	case S_IFSOCK:
		return XFS_ENTRY_SOCKET;
	default:
		return XFS_ENTRY_UNKNOWN;
	}
}

static uint64_t ino_of(const struct xfs_fs *x, uint32_t node)
{
	return xfs_space_ino(x->space, x->plan->nodes[node].index);
}

static void put_16(uint8_t *to, uint32_t value)
{
	const uint16_t be = htobe16((uint16_t)value);

	memcpy(to, &be, sizeof(be));
}

static void put_32(uint8_t *to, uint64_t value)
{
	const uint32_t be = htobe32((uint32_t)value);

	memcpy(to, &be, sizeof(be));
}

static void put_64(uint8_t *to, uint64_t value)
{
	const uint64_t be = htobe64(value);

	memcpy(to, &be, sizeof(be));
}

/* With each entry, the place that it would have in a block: the kernel's readdir(2) goes
 * by it. Inode numbers have 32 bits: xfs_layout() sees to it. */
static void put_inline(const struct xfs_fs *x, uint32_t node, uint8_t *to)
{
	const struct xfs_plan *p = x->plan;
	struct xfs_dir_cursor cursor = xfs_dir_cursor_init();
	uint32_t count;
	const uint32_t *children = children_of(&p->children, node, &count);

	to[0] = (uint8_t)count;
	put_32(to + 2, ino_of(x, filetree_node(p->tree, node)->parent));
	to += XFS_DIR_INLINE_HEADER_BYTES;
	(void)xfs_dir_place(&cursor, xfs_dir_entry_bytes(strlen(".")));
	(void)xfs_dir_place(&cursor, xfs_dir_entry_bytes(strlen("..")));
	for (uint32_t i = 0; i < count; i++) {
		const struct filetree_node *n = filetree_node(p->tree, children[i]);
		const size_t length = strlen(n->name);

		to[0] = (uint8_t)length;
		put_16(to + 1,
			xfs_dir_place(&cursor, xfs_dir_entry_bytes(length)).offset);
		memcpy(to + 3, n->name, length);
		to[3 + length] = entry_type(n->mode);
		put_32(to + 3 + length + 1, ino_of(x, children[i]));
		to += xfs_dir_inline_bytes(length);
	}
}

void xfs_dir_header_put(
	const struct xfs_dir *d, struct xfs_dir_header *h, uint32_t magic, uint64_t block)
{
	h->magic = htobe32(magic);
	h->sector = htobe64(xfs_sector(block));
	h->owner = htobe64(d->ino);
	memcpy(h->uuid, d->x->spec->uuid, sizeof(h->uuid));
}

static void new_data_blocks(struct xfs_dir *d)
{
	const uint32_t magic = d->shape->form == XFS_DIR_ONE_BLOCK ? XFS_DIR_BLOCK_MAGIC
								   : XFS_DIR_DATA_MAGIC;

	for (uint64_t i = 0; i < d->shape->data_blocks; i++) {
		const uint64_t block = xfs_extents_find(d->extents, i);

		d->data[i] = xfs_block_new(d->x, block);
		xfs_dir_header_put(d, (struct xfs_dir_header *)d->data[i], magic, block);
	}
}

/* What follows the entries of the block, up to `end`, is free. */
static void put_room(const struct xfs_dir *d, uint64_t block, uint32_t from, uint32_t end)
{
	uint8_t *bytes = d->data[block];
	struct xfs_dir_data_header *h = (struct xfs_dir_data_header *)bytes;

	d->room[block] = htobe16((uint16_t)(end - from));
	if (from == end)
		return;
	put_16(bytes + from, XFS_DIR_UNUSED_TAG);
	put_16(bytes + from + 2, end - from);
	put_16(bytes + end - 2, from);
	h->best[0].offset = htobe16((uint16_t)from);
	h->best[0].length = htobe16((uint16_t)(end - from));
}

static void add_entry(struct xfs_dir *d, struct xfs_dir_cursor *cursor, const char *name,
	uint64_t ino, mode_t mode)
{
	const size_t length = strlen(name);
	const uint32_t bytes = xfs_dir_entry_bytes(length);
	const struct xfs_dir_cursor before = *cursor;
	const struct xfs_dir_cursor at = xfs_dir_place(cursor, bytes);
	uint8_t *to = d->data[at.block] + at.offset;

	if (at.block != before.block)
		put_room(d, before.block, before.offset, XFS_BLOCK_BYTES);
	put_64(to, ino);
	to[8] = (uint8_t)length;
	memcpy(to + 9, name, length);
	to[9 + length] = entry_type(mode);
	put_16(to + bytes - 2, at.offset);
	d->hashes[d->count++] = (struct xfs_dir_hash){
		xfs_name_hash(name, length),
		(uint32_t)((at.block * XFS_BLOCK_BYTES + at.offset) / 8),
	};
}

static void add_entries(struct xfs_dir *d, uint32_t node)
{
	const struct xfs_plan *p = d->x->plan;
	const uint32_t parent = filetree_node(p->tree, node)->parent;
	struct xfs_dir_cursor cursor = xfs_dir_cursor_init();
	uint32_t end = XFS_BLOCK_BYTES, count;
	const uint32_t *children = children_of(&p->children, node, &count);

	add_entry(d, &cursor, ".", d->ino, S_IFDIR);
	add_entry(d, &cursor, "..", ino_of(d->x, parent), S_IFDIR);
	for (uint32_t i = 0; i < count; i++) {
		const struct filetree_node *n = filetree_node(p->tree, children[i]);

		add_entry(d, &cursor, n->name, ino_of(d->x, children[i]), n->mode);
	}
	if (d->shape->form == XFS_DIR_ONE_BLOCK)
		end -= XFS_DIR_BLOCK_TAIL_BYTES + (uint32_t)d->count * XFS_DIR_HASH_BYTES;
	put_room(d, cursor.block, cursor.offset, end);
}

static int compare_hashes(const void *a, const void *b)
{
	const struct xfs_dir_hash *x = a, *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return x->address < y->address ? -1 : 1;
}

/* At the end of a directory's only block. */
static void put_own_hashes(const struct xfs_dir *d)
{
	uint8_t *to = d->data[0] + XFS_BLOCK_BYTES - XFS_DIR_BLOCK_TAIL_BYTES;

	put_32(to, d->count);
	to -= d->count * XFS_DIR_HASH_BYTES;
	for (size_t i = 0; i < d->count; i++, to += XFS_DIR_HASH_BYTES) {
		put_32(to, d->hashes[i].hash);
		put_32(to + 4, d->hashes[i].address);
	}
}

static void put_blocks(struct xfs_dir *d, uint32_t node)
{
	new_data_blocks(d);
	add_entries(d, node);
	qsort(d->hashes, d->count, sizeof(*d->hashes), compare_hashes);
	if (d->shape->form == XFS_DIR_ONE_BLOCK)
		put_own_hashes(d);
	else
		xfs_dir_put_index(d);
	for (uint64_t i = 0; i < d->shape->data_blocks; i++)
		xfs_put_crc(d->data[i], XFS_BLOCK_BYTES,
			offsetof(struct xfs_dir_header, crc));
}

int xfs_dir_fill(struct xfs_fs *x, uint32_t node, uint8_t *fork, uint64_t *ret_size,
	struct xfs_extents *extents, struct error *err)
{
	const struct xfs_dir_shape *shape = &x->plan->nodes[node].dir;
	struct xfs_dir d = {
		.x = x, .ino = ino_of(x, node), .shape = shape, .extents = extents
	};
	CLEANUP(freep) uint8_t **data = NULL;
	CLEANUP(freep) struct xfs_dir_hash *hashes = NULL;
	CLEANUP(freep) uint16_t *room = NULL;
	uint32_t count;

	if (shape->form == XFS_DIR_IN_INODE) {
		put_inline(x, node, fork);
		*ret_size = shape->inline_bytes;
		return 0;
	}
	if (xfs_extents_take(x, 0, shape->data_blocks, extents, err) < 0 ||
		xfs_extents_take(
			x, XFS_DIR_LEAF_BLOCK, shape->leaf_blocks, extents, err) < 0 ||
		xfs_extents_take(
			x, XFS_DIR_FREE_BLOCK, shape->free_blocks, extents, err) < 0)
		return -1;
	(void)children_of(&x->plan->children, node, &count);
	data = d.data = xcalloc(shape->data_blocks, sizeof(*data));
	hashes = d.hashes = xcalloc((size_t)count + XFS_DIR_DOTS, sizeof(*hashes));
	room = d.room = xcalloc(shape->data_blocks, sizeof(*room));
	put_blocks(&d, node);
	*ret_size = shape->data_blocks * XFS_BLOCK_BYTES;
	return 0;
}
