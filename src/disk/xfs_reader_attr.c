/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "disk/xfs_reader_fs.h"

enum {
	SHORT_HEADER_BYTES = 4, /* their size, their number */
	LEAF_ENTRY_BYTES = 8, /* hash, place, flags */
	/* What the kernel lets a file have. */
	VALUE_MOST_BYTES = 65536,
	NAMES_MOST_BYTES = 65536,
};

/* One inode's attributes while they are read. */
struct reading {
	struct xfs_reader *r;
	const struct xfs_inode *inode;
	const struct xfs_mappings *mappings; /* NULL: they stand in the inode */
	struct filetree_node *to;
	size_t names_bytes;
};

/* As found: the value is remote when `value` is NULL and it has bytes. */
struct attr {
	uint8_t flags;
	const uint8_t *name;
	size_t name_bytes;
	const uint8_t *value;
	size_t value_bytes;
	uint64_t remote_block;
};

static const char *prefix_of(uint8_t flags)
{
	if (flags & XFS_ATTR_ROOT)
		return "trusted.";
	return flags & XFS_ATTR_SECURE ? "security." : "user.";
}

/* Each block has a header of its own, and as much of the value as has room behind it. */
static int read_remote(
	struct reading *g, const struct attr *a, uint8_t *to, struct error *err)
{
	struct xfs_reader *r = g->r;
	CLEANUP(freep) uint8_t *bytes = xmalloc(r->block_bytes);
	const struct xfs_remote_header *h = (const struct xfs_remote_header *)bytes;
	const size_t room = r->block_bytes - sizeof(*h);

	for (size_t done = 0, n = 0; done < a->value_bytes; done += n) {
		const uint64_t file_block = a->remote_block + done / room;
		const struct xfs_mapping *m = xfs_mapping_find(g->mappings, file_block);
		uint64_t block;

		if (!m)
			return xfs_reader_damaged(r, "a value is nowhere", err);
		block = m->block + (file_block - m->file_block);
		n = a->value_bytes - done < room ? a->value_bytes - done : room;
		if (xfs_reader_bytes(
			    r, block << r->block_log, bytes, r->block_bytes, err) < 0)
			return -1;
		if (be32toh(h->magic) != XFS_REMOTE_MAGIC || be32toh(h->offset) != done ||
			be32toh(h->bytes) != n)
			return xfs_reader_damaged(r, "a block of a value is none", err);
		if (xfs_reader_check(r, &xfs_guard_remote, bytes, r->block_bytes, block,
			    g->inode->ino, err) < 0)
			return -1;
		memcpy(to + done, h + 1, n);
	}
	return 0;
}

static int add(struct reading *g, const struct attr *a, struct error *err)
{
	struct filetree_node *n = g->to;
	CLEANUP(freep) uint8_t *value = NULL;

	if (a->flags & (XFS_ATTR_INCOMPLETE | XFS_ATTR_PARENT))
		return 0;
	g->names_bytes += a->name_bytes;
	if (!a->name_bytes || memchr(a->name, 0, a->name_bytes) ||
		g->names_bytes > NAMES_MOST_BYTES || a->value_bytes > VALUE_MOST_BYTES)
		return xfs_reader_damaged(g->r, "an extended attribute is none", err);
	if (a->value_bytes) {
		value = xmalloc(a->value_bytes);
		if (a->value)
			memcpy(value, a->value, a->value_bytes);
		else if (read_remote(g, a, value, err) < 0)
			return -1;
	}
	n->xattrs = xreallocarray(n->xattrs, n->xattr_count + 1, sizeof(*n->xattrs));
	n->xattrs[n->xattr_count++] = (struct filetree_xattr){
		.name = xasprintf("%s%.*s", prefix_of(a->flags), (int)a->name_bytes,
			(const char *)a->name),
		.value = TAKE_PTR(value),
		.length_bytes = a->value_bytes,
	};
	return 0;
}

/* Lengths of name and value, flags, name, value. */
static int read_inline(struct reading *g, struct error *err)
{
	const uint8_t *at = g->inode->attrs.bytes;
	size_t left = g->inode->attrs.length_bytes;
	const unsigned int count = at[2];

	at += SHORT_HEADER_BYTES;
	left -= SHORT_HEADER_BYTES;
	for (unsigned int i = 0; i < count; i++) {
		const size_t name = left >= 3 ? at[0] : 0, value = left >= 3 ? at[1] : 0;
		const struct attr a = { .flags = left >= 3 ? at[2] : 0,
			.name = at + 3,
			.name_bytes = name,
			.value = at + 3 + name,
			.value_bytes = value };

		if (left < 3 || left - 3 < name + value)
			return xfs_reader_damaged(
				g->r, "extended attributes have no end", err);
		if (add(g, &a, err) < 0)
			return -1;
		at += 3 + name + value;
		left -= 3 + name + value;
	}
	return 0;
}

/* What stands at `from` of a leaf: false when it reaches behind the end. */
static bool parse_leaf_name(
	const uint8_t *from, size_t left, uint8_t flags, struct attr *ret)
{
	const size_t fixed = flags & XFS_ATTR_LOCAL ? 2 + 1 : 4 + 4 + 1;

	if (left < fixed)
		return false;
	*ret = (struct attr){
		.flags = flags, .name = from + fixed, .name_bytes = from[fixed - 1]
	};
	if (left - fixed < ret->name_bytes)
		return false;
	if (!(flags & XFS_ATTR_LOCAL)) {
		ret->remote_block = xfs_get_32(from);
		ret->value_bytes = xfs_get_32(from + 4);
		return true;
	}
	ret->value = ret->name + ret->name_bytes;
	ret->value_bytes = xfs_get_16(from);
	return left - fixed - ret->name_bytes >= ret->value_bytes;
}

static int read_leaf(struct reading *g, const uint8_t *bytes, struct error *err)
{
	const size_t size = g->r->block_bytes;
	const struct xfs_attr_leaf_header *h = (const struct xfs_attr_leaf_header *)bytes;
	const uint8_t *entry = bytes + sizeof(*h);
	const size_t count = be16toh(h->count);

	if (count > (size - sizeof(*h)) / LEAF_ENTRY_BYTES)
		return xfs_reader_damaged(
			g->r, "there is no room for so many extended attributes", err);
	for (size_t i = 0; i < count; i++, entry += LEAF_ENTRY_BYTES) {
		const size_t at = xfs_get_16(entry + 4);
		struct attr a;

		if (at >= size || !parse_leaf_name(bytes + at, size - at, entry[6], &a))
			return xfs_reader_damaged(
				g->r, "extended attributes have no end", err);
		if (add(g, &a, err) < 0)
			return -1;
	}
	return 0;
}

/*
 * Every block in turn: leaves are read, the nodes above them are only ways to find these
 * sooner, and values come with their names. So there is nothing to run in circles.
 */
static int read_block(
	struct reading *g, uint64_t block, uint8_t *bytes, struct error *err)
{
	const struct xfs_da_header *h = (const struct xfs_da_header *)bytes;
	struct xfs_reader *r = g->r;

	if (xfs_reader_bytes(r, block << r->block_log, bytes, r->block_bytes, err) < 0)
		return -1;
	if (xfs_get_32(bytes) == XFS_REMOTE_MAGIC ||
		be16toh(h->magic) != XFS_ATTR_LEAF_MAGIC)
		return 0;
	if (xfs_reader_check(r, &xfs_guard_da, bytes, r->block_bytes, block,
		    g->inode->ino, err) < 0)
		return -1;
	return read_leaf(g, bytes, err);
}

static int read_blocks(struct reading *g, struct error *err)
{
	CLEANUP(freep) uint8_t *bytes = xmalloc(g->r->block_bytes);

	for (size_t i = 0; i < g->mappings->count; i++) {
		const struct xfs_mapping *m = &g->mappings->items[i];

		for (uint64_t n = 0; n < m->count; n++)
			if (read_block(g, m->block + n, bytes, err) < 0)
				return -1;
	}
	return 0;
}

int xfs_reader_attrs(struct xfs_reader *r, const struct xfs_inode *inode,
	struct filetree_node *n, struct error *err)
{
	CLEANUP(xfs_mappings_releasep) struct xfs_mappings m = { 0 };
	struct reading g = { .r = r, .inode = inode, .mappings = &m, .to = n };

	if (!inode->attrs.length_bytes)
		return 0;
	if (inode->attrs.format == XFS_FORK_LOCAL)
		return read_inline(&g, err);
	if (xfs_reader_mappings(r, inode, &inode->attrs, &m, err) < 0)
		return -1;
	return read_blocks(&g, err);
}
