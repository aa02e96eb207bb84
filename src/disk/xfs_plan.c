/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk/xfs_plan.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "disk/xfs_attr.h"

/* What the format has room for; longer or more is refused with the file's name. */
enum {
	NAME_MOST_BYTES = 255,
	TARGET_MOST_BYTES = 1023,
	MAJOR_MOST = (1 << 14) - 1,
	MINOR_MOST = (1 << 18) - 1,
	DEVICE_FORK_BYTES = 8,
};
#define FILE_MOST_BYTES (INT64_MAX - XFS_BLOCK_BYTES)

void xfs_plan_release(struct xfs_plan *p)
{
	free(p->nodes);
	children_release(&p->children);
	stretches_release(&p->stretches);
	*p = (struct xfs_plan){ 0 };
}

static bool is_device(const struct filetree_node *n)
{
	return S_ISCHR(n->mode) || S_ISBLK(n->mode);
}

static int check_node(const struct filetree_node *n, struct error *err)
{
	if (strlen(n->name) > NAME_MOST_BYTES)
		return error_set(err, ERR_FORMAT, 0,
			"'/%s': the name has %zu bytes; XFS allows %d", n->path,
			strlen(n->name), NAME_MOST_BYTES);
	if (S_ISLNK(n->mode) && (!n->target || !n->target[0]))
		return error_set(err, ERR_FORMAT, 0,
			"'/%s': the symbolic link has no target", n->path);
	if (S_ISLNK(n->mode) && strlen(n->target) > TARGET_MOST_BYTES)
		return error_set(err, ERR_FORMAT, 0,
			"'/%s': the symbolic link's target has %zu bytes; XFS allows %d",
			n->path, strlen(n->target), TARGET_MOST_BYTES);
	if (is_device(n) &&
		(n->device_major > MAJOR_MOST || n->device_minor > MINOR_MOST))
		return error_set(err, ERR_FORMAT, 0,
			"'/%s': XFS has no room for the device number %u:%u", n->path,
			n->device_major, n->device_minor);
	if (S_ISREG(n->mode) && n->size_bytes > FILE_MOST_BYTES)
		return error_set(err, ERR_SPACE, 0,
			"'/%s' has 8 EiB or more: that is too large for XFS", n->path);
	return 0;
}

static void number_inodes(struct xfs_plan *p)
{
	uint64_t next = XFS_FIRST_INDEX;

	p->nodes[0].index = XFS_ROOT_INDEX;
	for (uint32_t i = 1; i < filetree_count(p->tree); i++) {
		const struct filetree_node *n = filetree_node(p->tree, i);

		/* The first name of an inode stands before the others. */
		p->nodes[i].index = n->hard_link_of == FILETREE_NO_NODE
					    ? next++
					    : p->nodes[n->hard_link_of].index;
	}
	p->inodes = next;
}

/* Where the inode's room is parted between the attributes and the rest. */
static int plan_attrs(struct xfs_plan *p, uint32_t node, struct error *err)
{
	CLEANUP(xfs_attrs_releasep) struct xfs_attrs attrs = { 0 };
	const struct filetree_node *n = filetree_node(p->tree, node);
	struct xfs_node *to = &p->nodes[node];

	to->data_fork_bytes = XFS_LITERAL_BYTES;
	if (n->xattr_count == 0)
		return 0;
	if (xfs_attrs_make(n, &attrs, err) < 0)
		return -1;
	p->has_attrs = true;
	to->data_fork_bytes -= attrs.fork_bytes;
	to->attr_blocks = attrs.blocks;
	/* xfs_repair wants the attributes of what has no content right behind the device
	 * number. */
	if (!S_ISREG(n->mode) && !S_ISDIR(n->mode) && !S_ISLNK(n->mode))
		to->data_fork_bytes = DEVICE_FORK_BYTES;
	return 0;
}

/*
 * How many extents a file may take cannot be known before it has its place: it may go
 * from one allocation group to the next, and of those there are at most four where they
 * are smaller than 1 TiB.
 */
static uint64_t blocks_of_file(const struct xfs_plan *p, const struct xfs_node *n)
{
	uint64_t blocks = 0, extents = n->stretch_count;

	for (size_t i = 0; i < n->stretch_count; i++) {
		const uint64_t count =
			p->stretches.items[n->first_stretch + i].block_count;

		blocks += count;
		extents += count / XFS_EXTENT_MOST_BLOCKS;
	}
	extents += blocks ? 4 : 0;
	return blocks + xfs_extent_tree_blocks(extents, n->data_fork_bytes);
}

static int plan_node(struct xfs_plan *p, const struct tree_stretches *files,
	uint32_t node, struct error *err)
{
	const struct filetree_node *n = filetree_node(p->tree, node);
	struct xfs_node *to = &p->nodes[node];

	if (plan_attrs(p, node, err) < 0)
		return -1;
	p->blocks += to->attr_blocks;
	if (S_ISDIR(n->mode)) {
		to->dir = xfs_dir_plan(p, node, to->data_fork_bytes);
		p->blocks +=
			to->dir.data_blocks + to->dir.leaf_blocks + to->dir.free_blocks;
	} else if (S_ISLNK(n->mode)) {
		p->blocks += xfs_symlink_is_remote(to, strlen(n->target));
	} else if (S_ISREG(n->mode)) {
		to->first_stretch = p->stretches.count;
		tree_stretches_add(files, node, &p->stretches);
		to->stretch_count = p->stretches.count - to->first_stretch;
		p->blocks += blocks_of_file(p, to);
	}
	return 0;
}

int xfs_plan_make(const struct filetree *t, struct xfs_plan *ret, struct error *err)
{
	CLEANUP(xfs_plan_releasep) struct xfs_plan p = { .tree = t };
	CLEANUP(tree_stretches_freep) struct tree_stretches *files = NULL;
	const size_t count = filetree_count(t);

	p.nodes = xcalloc(count, sizeof(*p.nodes));
	number_inodes(&p);
	children_init(&p.children, t);
	for (uint32_t i = 0; i < count; i++)
		if (check_node(filetree_node(t, i), err) < 0)
			return -1;
	if (tree_stretches_read(t, &files, err) < 0)
		return -1;
	for (uint32_t i = 0; i < count; i++)
		if (filetree_node(t, i)->hard_link_of == FILETREE_NO_NODE &&
			plan_node(&p, files, i, err) < 0)
			return -1;
	*ret = p;
	p = (struct xfs_plan){ 0 };
	return 0;
}
