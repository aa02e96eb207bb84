/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/term.h"
#include "disk/xfs_fs.h"

enum { DEVICE_MINOR_BITS = 18 };

#define NS_PER_S INT64_C(1000000000)
#define TIME_LEAST_S ((int64_t)INT32_MIN)
#define TIME_MOST_S ((int64_t)(UINT64_MAX / NS_PER_S & ~UINT64_C(3)) + TIME_LEAST_S)

/* An inode while it is filled. */
struct inode {
	struct xfs_dinode *core; /* in its block; numbers in it are big-endian */
	uint64_t ino;
	uint8_t *data_fork;
	uint32_t data_fork_bytes;
	uint64_t blocks; /* all that belong to it */
};

/*
 * Nanoseconds since 1901, unsigned: until 2486. What lies outside is brought to the
 * nearest end, as the kernel does.
 */
static uint64_t time_field(int64_t s, uint32_t ns)
{
	if (s < TIME_LEAST_S || s > TIME_MOST_S) {
		s = s < TIME_LEAST_S ? TIME_LEAST_S : TIME_MOST_S;
		ns = 0;
	}
	return htobe64((uint64_t)(s - TIME_LEAST_S) * NS_PER_S + ns);
}

/* The chunks of each allocation group, all inodes free: a block map's bytes. */
static uint8_t **make_chunks(struct xfs_fs *x)
{
	const struct xfs_space *s = x->space;
	uint8_t **ags = xcalloc(s->ag_count, sizeof(*ags));

	for (uint32_t i = 0; i < s->ag_count; i++) {
		const struct xfs_ag *ag = &s->ags[i];
		const size_t bytes =
			(size_t)ag->chunks * XFS_CHUNK_BLOCKS * XFS_BLOCK_BYTES;

		if (bytes == 0)
			continue;
		ags[i] = xcalloc(1, bytes);
		blockmap_add_memory(x->map,
			xfs_space_block(s, i, ag->chunk_block) * XFS_BLOCK_BYTES, ags[i],
			bytes);
	}
	return ags;
}

static void init_inode(const struct xfs_fs *x, struct xfs_dinode *core, uint64_t ino)
{
	core->magic = htobe16(XFS_INODE_MAGIC);
	core->version = XFS_INODE_VERSION;
	core->next_unlinked = htobe32(XFS_NO_BLOCK);
	core->ino = htobe64(ino);
	memcpy(core->uuid, x->spec->uuid, sizeof(core->uuid));
}

static struct inode inode_at(const struct xfs_fs *x, uint8_t **ags, uint64_t index)
{
	const struct xfs_space *s = x->space;
	struct inode to = { .ino = xfs_space_ino(s, index) };
	uint32_t ag = 0;

	while (index >= s->ags[ag].inodes)
		index -= s->ags[ag++].inodes;
	to.core = (struct xfs_dinode *)(ags[ag] + index * XFS_INODE_BYTES);
	to.data_fork = (uint8_t *)(to.core + 1);
	to.data_fork_bytes = XFS_LITERAL_BYTES;
	init_inode(x, to.core, to.ino);
	to.core->attr_format = XFS_FORK_EXTENTS;
	to.core->change_count = htobe64(1);
	to.core->flags2 = htobe64(XFS_FLAG2_BIGTIME);
	to.core->crtime = time_field(x->spec->time_s, 0);
	return to;
}

static void finish_inode(struct inode *i)
{
	i->core->blocks = htobe64(i->blocks);
	xfs_put_crc(i->core, XFS_INODE_BYTES, offsetof(struct xfs_dinode, crc));
}

/* Of the last chunk, the inodes that nobody has. */
static void finish_unused(const struct xfs_fs *x, uint8_t **ags)
{
	const struct xfs_space *s = x->space;

	for (uint32_t n = 0; n < s->ag_count; n++) {
		const struct xfs_ag *ag = &s->ags[n];
		const uint64_t first = xfs_space_first_ino(s, n);

		for (uint32_t i = ag->inodes; i < ag->chunks * XFS_CHUNK_INODES; i++) {
			struct xfs_dinode *core =
				(struct xfs_dinode *)(ags[n] +
						      (size_t)i * XFS_INODE_BYTES);

			init_inode(x, core, first + i);
			xfs_put_crc(
				core, XFS_INODE_BYTES, offsetof(struct xfs_dinode, crc));
		}
	}
}

static void put_identity(struct xfs_dinode *core, const struct filetree_node *n)
{
	core->mode = htobe16((uint16_t)n->mode);
	core->uid = htobe32(n->uid);
	core->gid = htobe32(n->gid);
	core->links = htobe32(n->link_count);
	core->atime = core->mtime = core->ctime = time_field(n->mtime_s, n->mtime_ns);
}

static int put_extents(struct xfs_fs *x, struct inode *to,
	const struct xfs_extents *extents, struct error *err)
{
	uint64_t tree_blocks;

	if (xfs_extents_put(x, to->ino, extents, to->data_fork, to->data_fork_bytes,
		    &to->core->format, &tree_blocks, err) < 0)
		return -1;
	to->core->extents = htobe32((uint32_t)extents->count);
	to->blocks += extents->blocks + tree_blocks;
	return 0;
}

static int fill_directory(
	struct xfs_fs *x, uint32_t node, struct inode *to, struct error *err)
{
	CLEANUP(xfs_extents_releasep) struct xfs_extents extents = { 0 };
	uint64_t size;

	if (xfs_dir_fill(x, node, to->data_fork, &size, &extents, err) < 0)
		return -1;
	to->core->size = htobe64(size);
	if (x->plan->nodes[node].dir.form == XFS_DIR_IN_INODE) {
		to->core->format = XFS_FORK_LOCAL;
		return 0;
	}
	return put_extents(x, to, &extents, err);
}

static int fill_symlink(
	struct xfs_fs *x, uint32_t node, struct inode *to, struct error *err)
{
	CLEANUP(xfs_extents_releasep) struct xfs_extents extents = { 0 };
	const char *target = filetree_node(x->plan->tree, node)->target;
	const size_t length = strlen(target);
	struct xfs_remote_header *h;
	uint64_t block;

	to->core->size = htobe64(length);
	if (!xfs_symlink_is_remote(&x->plan->nodes[node], length)) {
		memcpy(to->data_fork, target, length);
		to->core->format = XFS_FORK_LOCAL;
		return 0;
	}
	if (xfs_extents_take(x, 0, 1, &extents, err) < 0)
		return -1;
	block = extents.items[0].block;
	h = (struct xfs_remote_header *)xfs_block_new(x, block);
	h->magic = htobe32(XFS_SYMLINK_MAGIC);
	h->bytes = htobe32((uint32_t)length);
	h->owner = htobe64(to->ino);
	h->sector = htobe64(xfs_sector(block));
	memcpy(h->uuid, x->spec->uuid, sizeof(h->uuid));
	memcpy(h + 1, target, length);
	xfs_put_crc(h, XFS_BLOCK_BYTES, offsetof(struct xfs_remote_header, crc));
	return put_extents(x, to, &extents, err);
}

/* Content is only noted: the map will read it from the tree. */
static int fill_regular(
	struct xfs_fs *x, uint32_t node, struct inode *to, struct error *err)
{
	CLEANUP(xfs_extents_releasep) struct xfs_extents extents = { 0 };
	const struct xfs_node *planned = &x->plan->nodes[node];
	const uint64_t size = filetree_node(x->plan->tree, node)->size_bytes;

	for (size_t i = 0; i < planned->stretch_count; i++) {
		const struct stretch *s =
			&x->plan->stretches.items[planned->first_stretch + i];

		if (xfs_extents_take(x, s->first_block, s->block_count, &extents, err) <
			0)
			return -1;
	}
	for (size_t i = 0; i < extents.count; i++) {
		const struct xfs_extent *e = &extents.items[i];
		const uint64_t from = e->file_block * XFS_BLOCK_BYTES;
		const uint64_t bytes = e->count * XFS_BLOCK_BYTES;

		blockmap_add_file(x->map, e->block * XFS_BLOCK_BYTES, x->plan->tree, node,
			from, bytes < size - from ? bytes : size - from);
	}
	to->core->size = htobe64(size);
	return put_extents(x, to, &extents, err);
}

static void fill_device(const struct filetree_node *n, struct inode *to)
{
	const uint32_t number =
		htobe32(n->device_major << DEVICE_MINOR_BITS | n->device_minor);

	to->core->format = XFS_FORK_DEVICE;
	if (S_ISCHR(n->mode) || S_ISBLK(n->mode))
		memcpy(to->data_fork, &number, sizeof(number));
}

static int fill_attrs(
	struct xfs_fs *x, uint32_t node, struct inode *to, struct error *err)
{
	CLEANUP(xfs_attrs_releasep) struct xfs_attrs attrs = { 0 };
	CLEANUP(xfs_extents_releasep) struct xfs_extents extents = { 0 };
	const struct filetree_node *n = filetree_node(x->plan->tree, node);
	uint8_t *fork = to->data_fork + to->data_fork_bytes;
	uint64_t tree_blocks = 0;

	if (n->xattr_count == 0)
		return 0;
	if (xfs_attrs_make(n, &attrs, err) < 0 ||
		xfs_attrs_fill(x, to->ino, &attrs, fork, &extents, err) < 0)
		return -1;
	to->core->fork_offset = (uint8_t)(to->data_fork_bytes / 8);
	to->core->attr_format = XFS_FORK_LOCAL;
	if (extents.count == 0)
		return 0;
	if (xfs_extents_put(x, to->ino, &extents, fork,
		    XFS_LITERAL_BYTES - to->data_fork_bytes, &to->core->attr_format,
		    &tree_blocks, err) < 0)
		return -1;
	to->core->attr_extents = htobe16((uint16_t)extents.count);
	to->blocks += extents.blocks + tree_blocks;
	return 0;
}

static int fill_node(struct xfs_fs *x, uint8_t **ags, uint32_t node, struct error *err)
{
	const struct filetree_node *n = filetree_node(x->plan->tree, node);
	struct inode to = inode_at(x, ags, x->plan->nodes[node].index);
	int r = 0;

	to.data_fork_bytes = x->plan->nodes[node].data_fork_bytes;
	put_identity(to.core, n);
	if (S_ISDIR(n->mode))
		r = fill_directory(x, node, &to, err);
	else if (S_ISLNK(n->mode))
		r = fill_symlink(x, node, &to, err);
	else if (S_ISREG(n->mode))
		r = fill_regular(x, node, &to, err);
	else
		fill_device(n, &to);
	if (r < 0 || fill_attrs(x, node, &to, err) < 0)
		return error_context(err, "lay out '/%s'", n->path);
	finish_inode(&to);
	return 0;
}

/* Files of the real-time device, which is not there: empty, and not in any directory. */
static void fill_rt_file(struct xfs_fs *x, uint8_t **ags, uint64_t index)
{
	struct inode to = inode_at(x, ags, index);

	to.core->mode = htobe16(S_IFREG);
	to.core->format = XFS_FORK_EXTENTS;
	to.core->links = htobe32(1);
	/* The time of access is a counter here, and stands at its start. */
	to.core->atime = time_field(0, 0);
	to.core->mtime = to.core->ctime = time_field(x->spec->time_s, 0);
	if (index == XFS_RT_BITMAP_INDEX)
		to.core->flags = htobe16(XFS_FLAG_NEW_RT_BITMAP);
	finish_inode(&to);
}

static int fill_kind(struct xfs_fs *x, uint8_t **ags, bool regular, struct error *err)
{
	const uint32_t count = (uint32_t)filetree_count(x->plan->tree);

	for (uint32_t i = 0; i < count; i++) {
		const struct filetree_node *n = filetree_node(x->plan->tree, i);

		if (n->hard_link_of != FILETREE_NO_NODE ||
			(bool)S_ISREG(n->mode) != regular)
			continue;
		if (term_check(err) < 0 || fill_node(x, ags, i, err) < 0)
			return -1;
	}
	return 0;
}

/* Directories and the like first, contents after them: metadata stands together. */
int xfs_fill(struct xfs_fs *x, struct error *err)
{
	CLEANUP(freep) uint8_t **ags = make_chunks(x);

	fill_rt_file(x, ags, XFS_RT_BITMAP_INDEX);
	fill_rt_file(x, ags, XFS_RT_SUMMARY_INDEX);
	finish_unused(x, ags);
	if (fill_kind(x, ags, false, err) < 0)
		return -1;
	return fill_kind(x, ags, true, err);
}
