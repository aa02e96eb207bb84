/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk/xfs_attr.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "disk/xfs_acl.h"
#include "disk/xfs_btree.h"
#include "disk/xfs_name_hash.h"

enum {
	VALUE_MOST_BYTES = 65536, /* of an attribute of user space */
	NAME_MOST_BYTES = 255,
	SHORT_VALUE_MOST_BYTES = 255,
	/* In the inode, at least so much stays for the rest: eight extents. */
	DATA_FORK_LEAST_BYTES = 128,
	/* The kernel counts on room for the root of a tree with two pointers, and does
	 * not check when it moves the border: 4 + 2 * 16 bytes, a multiple of 8. When
	 * the attributes have blocks, two extents fit: they reach into the next
	 * allocation group at most. */
	ATTR_FORK_LEAST_BYTES = 40,
	/* A name with its value that takes three quarters of a block goes apart. */
	LOCAL_MOST_BYTES = XFS_BLOCK_BYTES / 4 * 3,
};

/* How the kernel's names map to namespaces on disk. */
static const struct {
	const char *prefix;
	uint8_t space;
} spaces[] = {
	{ "user.", 0 },
	{ "trusted.", XFS_ATTR_ROOT },
	{ "security.", XFS_ATTR_SECURE },
};

void xfs_attrs_release(struct xfs_attrs *a)
{
	for (size_t i = 0; i < a->count; i++)
		free(a->items[i].own_value);
	free(a->items);
	*a = (struct xfs_attrs){ 0 };
}

static bool split_name(const char *name, struct xfs_attr *to)
{
	for (size_t i = 0; i < ARRAY_SIZE(spaces); i++) {
		const size_t length = strlen(spaces[i].prefix);

		if (strncmp(name, spaces[i].prefix, length) == 0 && name[length]) {
			to->name = name + length;
			to->space = spaces[i].space;
			return true;
		}
	}
	return false;
}

/* Access control lists have a name and a form of their own on disk. */
static bool take_acl(const struct filetree_xattr *from, struct xfs_attr *to)
{
	to->name = xfs_acl_name(from->name);
	if (!to->name || !xfs_acl_convert(from->value, from->length_bytes, &to->own_value,
				 &to->value_bytes))
		return false;
	to->space = XFS_ATTR_ROOT;
	to->value = to->own_value;
	return true;
}

static int take_one(const char *path, const struct filetree_xattr *from,
	struct xfs_attr *to, struct error *err)
{
	if (from->length_bytes > VALUE_MOST_BYTES)
		return error_set(err, ERR_FORMAT, 0,
			"'/%s': the extended attribute '%s' has %zu bytes; %d are "
			"allowed",
			path, from->name, from->length_bytes, VALUE_MOST_BYTES);
	to->value = from->value;
	to->value_bytes = from->length_bytes;
	if (!split_name(from->name, to) && !take_acl(from, to))
		return error_set(err, ERR_FORMAT, 0,
			"'/%s': the extended attribute '%s' is not what it should be",
			path, from->name);
	to->name_bytes = strlen(to->name);
	if (to->name_bytes > NAME_MOST_BYTES)
		return error_set(err, ERR_FORMAT, 0,
			"'/%s': the extended attribute '%s' has a name of more than %d "
			"bytes",
			path, from->name, NAME_MOST_BYTES);
	to->hash = xfs_name_hash(to->name, to->name_bytes);
	return 0;
}

static int compare_attrs(const void *a, const void *b)
{
	const struct xfs_attr *x = a, *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	if (x->space != y->space)
		return x->space < y->space ? -1 : 1;
	return strcmp(x->name, y->name);
}

static void move_apart(struct xfs_attr *a)
{
	a->remote_blocks = xfs_quotient_up(a->value_bytes, XFS_REMOTE_ROOM_BYTES);
}

static size_t leaf_bytes(const struct xfs_attrs *a)
{
	size_t bytes = sizeof(struct xfs_attr_leaf_header);

	for (size_t i = 0; i < a->count; i++)
		bytes += XFS_ATTR_LEAF_ENTRY_BYTES + xfs_attr_leaf_bytes(&a->items[i]);
	return bytes;
}

/* The value whose place in the leaf is the largest, or NULL when none is left there that
 * would make it smaller. */
static struct xfs_attr *largest_local(const struct xfs_attrs *a)
{
	struct xfs_attr *largest = NULL;

	for (size_t i = 0; i < a->count; i++) {
		struct xfs_attr *one = &a->items[i];

		if (one->remote_blocks == 0 && one->value_bytes > 8 &&
			(!largest || one->value_bytes > largest->value_bytes))
			largest = one;
	}
	return largest;
}

static int plan_blocks(
	struct xfs_attrs *a, const struct filetree_node *n, struct error *err)
{
	for (size_t i = 0; i < a->count; i++)
		if (xfs_attr_leaf_bytes(&a->items[i]) >= LOCAL_MOST_BYTES)
			move_apart(&a->items[i]);
	while (leaf_bytes(a) > XFS_BLOCK_BYTES) {
		struct xfs_attr *largest = largest_local(a);

		if (!largest)
			return error_set(err, ERR_FORMAT, 0,
				"'/%s': its %zu extended attributes do not fit: one "
				"block "
				"of %d bytes has to hold all their names",
				n->path, a->count, XFS_BLOCK_BYTES);
		move_apart(largest);
	}
	a->fork_bytes = ATTR_FORK_LEAST_BYTES;
	a->blocks = 1;
	for (size_t i = 0; i < a->count; i++)
		a->blocks += a->items[i].remote_blocks;
	return 0;
}

/*
 * What has to stay for the rest of the inode. A target goes before attributes: a symbolic
 * link whose target stands apart although there is room is a fault to xfs_repair, and the
 * kernel makes room when attributes go.
 */
static size_t data_fork_least(const struct filetree_node *n)
{
	const size_t length = S_ISLNK(n->mode) ? strlen(n->target) : 0;

	if (length > DATA_FORK_LEAST_BYTES &&
		length <= XFS_LITERAL_BYTES - ATTR_FORK_LEAST_BYTES)
		return length;
	return DATA_FORK_LEAST_BYTES;
}

static bool fits_inode(const struct xfs_attrs *a, const struct filetree_node *n)
{
	for (size_t i = 0; i < a->count; i++)
		if (a->items[i].value_bytes > SHORT_VALUE_MOST_BYTES)
			return false;
	return a->fork_bytes + data_fork_least(n) <= XFS_LITERAL_BYTES;
}

int xfs_attrs_make(
	const struct filetree_node *n, struct xfs_attrs *ret, struct error *err)
{
	CLEANUP(xfs_attrs_releasep)
	struct xfs_attrs a = {
		.items = xcalloc(n->xattr_count, sizeof(*a.items)),
		.short_bytes = XFS_ATTR_SHORT_HEADER_BYTES,
	};

	for (size_t i = 0; i < n->xattr_count; i++) {
		a.count++;
		if (take_one(n->path, &n->xattrs[i], &a.items[i], err) < 0)
			return -1;
		a.short_bytes += xfs_attr_short_bytes(&a.items[i]);
	}
	qsort(a.items, a.count, sizeof(*a.items), compare_attrs);
	a.fork_bytes = (uint32_t)round_up(a.short_bytes, 8);
	if (a.fork_bytes < ATTR_FORK_LEAST_BYTES)
		a.fork_bytes = ATTR_FORK_LEAST_BYTES;
	if (!fits_inode(&a, n) && plan_blocks(&a, n, err) < 0)
		return -1;
	*ret = a;
	a = (struct xfs_attrs){ 0 };
	return 0;
}
