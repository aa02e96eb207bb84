/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk/ext4_fs.h"

#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/term.h"

/* More subdirectories than this are not counted (dir_nlink): the count becomes 1. */
enum { LINKS_MOST = 65000 };

/*
 * Seconds are signed 32 bits and two bits of epoch, nanoseconds the other 30: from 1901
 * to 2446. What lies outside is brought to the nearest end, as the kernel does.
 */
static void put_time(uint32_t *to, uint32_t *to_extra, int64_t s, uint32_t ns)
{
	const int64_t least = INT32_MIN, most = INT32_MIN + (INT64_C(4) << 32) - 1;

	if (s < least || s > most) {
		s = s < least ? least : most;
		ns = 0;
	}
	*to = (uint32_t)s;
	*to_extra = (uint32_t)(((s - (int32_t)s) >> 32) & 3) | ns << 2;
}

static void put_owner(struct ext2_inode_large *inode, uid_t uid, gid_t gid)
{
	inode->i_uid = (uint16_t)uid;
	inode->i_uid_high = (uint16_t)(uid >> 16);
	inode->i_gid = (uint16_t)gid;
	inode->i_gid_high = (uint16_t)(gid >> 16);
}

static void put_times(struct ext2_inode_large *inode, int64_t s, uint32_t ns)
{
	put_time(&inode->i_mtime, &inode->i_mtime_extra, s, ns);
	put_time(&inode->i_atime, &inode->i_atime_extra, s, ns);
	put_time(&inode->i_ctime, &inode->i_ctime_extra, s, ns);
	/* As old as its content: another build of the same has the same inode. */
	put_time(&inode->i_crtime, &inode->i_crtime_extra, s, ns);
}

static struct ext2_inode_large inode_of(const struct filetree_node *n)
{
	struct ext2_inode_large inode = {
		.i_mode = (uint16_t)n->mode,
		.i_links_count = (uint16_t)n->link_count,
		.i_extra_isize = EXT4_INODE_EXTRA_BYTES,
	};

	if (n->link_count > LINKS_MOST)
		inode.i_links_count = 1;
	put_owner(&inode, n->uid, n->gid);
	put_times(&inode, n->mtime_s, n->mtime_ns);
	return inode;
}

static int write_inode(struct ext4_fs *x, ext2_ino_t ino, struct ext2_inode_large *inode,
	const char *path, struct error *err)
{
	errcode_t code = ext2fs_write_inode_full(
		x->fs, ino, (struct ext2_inode *)inode, sizeof(*inode));

	if (code)
		return ext4_failed(err, code, "'/%s': write its inode", path);
	/* The root directory's is among the reserved ones, which are taken already. */
	if (ino == EXT2_ROOT_INO) {
		ext2fs_bg_used_dirs_count_set(
			x->fs, 0, ext2fs_bg_used_dirs_count(x->fs, 0) + 1);
		return 0;
	}
	ext2fs_inode_alloc_stats2(x->fs, ino, +1, S_ISDIR(inode->i_mode));
	return 0;
}

/* Its blocks have been taken already. */
static void take_kept(const struct ext4_place *place, struct ext4_extents *to)
{
	to->count = to->room = place->extent_count;
	to->items = xmemdup(place->extents, to->count * sizeof(*to->items));
}

static int take_node_blocks(
	struct ext4_fs *x, uint32_t node, struct ext4_extents *to, struct error *err)
{
	const struct ext4_node *planned = &x->plan->nodes[node];

	if (x->kept && x->kept[node].extent_count) {
		take_kept(&x->kept[node], to);
		return 0;
	}
	return ext4_take_stretches(x, x->plan->stretches.items + planned->first_stretch,
		planned->stretch_count, to, err);
}

static int fill_directory(struct ext4_fs *x, uint32_t node,
	struct ext2_inode_large *inode, struct error *err)
{
	CLEANUP(ext4_extents_releasep) struct ext4_extents extents = { 0 };
	const struct ext4_node *planned = &x->plan->nodes[node];

	if (take_node_blocks(x, node, &extents, err) < 0 ||
		ext4_write_directory(x, node, &extents, err) < 0)
		return -1;
	inode->i_size =
		(uint32_t)(x->plan->stretches.items[planned->first_stretch].block_count *
			   EXT4_BLOCK_BYTES);
	if (node == 0 && x->plan->make_lost_found)
		inode->i_links_count++;
	return ext4_set_extents(x, planned->inode, inode, &extents, err);
}

static int fill_symlink(struct ext4_fs *x, uint32_t node, struct ext2_inode_large *inode,
	struct error *err)
{
	CLEANUP(ext4_extents_releasep) struct ext4_extents extents = { 0 };
	const char *target = filetree_node(x->plan->tree, node)->target;
	const size_t length = strlen(target);
	char block[EXT4_BLOCK_BYTES] = { 0 };
	errcode_t code;

	inode->i_size = (uint32_t)length;
	if (length < EXT4_FAST_TARGET_BYTES) {
		memcpy(inode->i_block, target, length);
		return 0;
	}
	memcpy(block, target, length + 1);
	if (take_node_blocks(x, node, &extents, err) < 0)
		return -1;
	code = io_channel_write_blk64(x->fs->io, extents.items[0].disk_block, 1, block);
	if (code)
		return ext4_failed(err, code, "write a symbolic link");
	return ext4_set_extents(x, x->plan->nodes[node].inode, inode, &extents, err);
}

/* Content is only noted: the map will read it from the tree. */
static int fill_regular(struct ext4_fs *x, uint32_t node, struct ext2_inode_large *inode,
	struct error *err)
{
	CLEANUP(ext4_extents_releasep) struct ext4_extents extents = { 0 };
	const uint64_t size = filetree_node(x->plan->tree, node)->size_bytes;

	if (take_node_blocks(x, node, &extents, err) < 0)
		return -1;
	for (size_t i = 0; i < extents.count; i++) {
		const struct ext4_extent *e = &extents.items[i];
		const uint64_t from = e->file_block * EXT4_BLOCK_BYTES;
		const uint64_t bytes = e->count * EXT4_BLOCK_BYTES;

		blockmap_add_file(x->map, e->disk_block * EXT4_BLOCK_BYTES, x->plan->tree,
			node, from, bytes < size - from ? bytes : size - from);
	}
	inode->i_size = (uint32_t)size;
	inode->i_size_high = (uint32_t)(size >> 32);
	return ext4_set_extents(x, x->plan->nodes[node].inode, inode, &extents, err);
}

/* The kernel's two encodings of device numbers: 8 and 8 bits, or 12 and 20. */
static void fill_device(const struct filetree_node *n, struct ext2_inode_large *inode)
{
	const uint32_t major = n->device_major, minor = n->device_minor;

	if (major < 256 && minor < 256)
		inode->i_block[0] = major << 8 | minor;
	else
		inode->i_block[1] =
			(minor & 0xff) | (major & 0xfff) << 8 | (minor & ~0xffU) << 12;
}

static int fill_node(struct ext4_fs *x, uint32_t node, struct error *err)
{
	const struct filetree_node *n = filetree_node(x->plan->tree, node);
	struct ext2_inode_large inode = inode_of(n);
	int r = 0;

	if (S_ISDIR(n->mode))
		r = fill_directory(x, node, &inode, err);
	else if (S_ISLNK(n->mode))
		r = fill_symlink(x, node, &inode, err);
	else if (S_ISREG(n->mode))
		r = fill_regular(x, node, &inode, err);
	else if (S_ISCHR(n->mode) || S_ISBLK(n->mode))
		fill_device(n, &inode);
	if (r < 0)
		return error_context(err, "lay out '/%s'", n->path);
	if (write_inode(x, x->plan->nodes[node].inode, &inode, n->path, err) < 0)
		return -1;
	return ext4_write_xattrs(x, node, err);
}

static int fill_lost_found(struct ext4_fs *x, struct error *err)
{
	CLEANUP(ext4_extents_releasep) struct ext4_extents extents = { 0 };
	const struct stretch blocks = { 0, EXT4_LOST_FOUND_BLOCKS };
	struct ext2_inode_large inode = {
		.i_mode = S_IFDIR | 0700,
		.i_links_count = 2,
		.i_size = EXT4_LOST_FOUND_BLOCKS * EXT4_BLOCK_BYTES,
		.i_extra_isize = EXT4_INODE_EXTRA_BYTES,
	};

	put_times(&inode, x->spec->time_s, 0);
	if (x->kept_lost_found.extent_count)
		take_kept(&x->kept_lost_found, &extents);
	else if (ext4_take_stretches(x, &blocks, 1, &extents, err) < 0)
		return -1;
	if (ext4_write_lost_found(x, &extents, err) < 0 ||
		ext4_set_extents(x, EXT4_FIRST_INODE, &inode, &extents, err) < 0)
		return -1;
	return write_inode(x, EXT4_FIRST_INODE, &inode, "lost+found", err);
}

static int fill_kind(struct ext4_fs *x, bool regular, struct error *err)
{
	for (size_t i = 0; i < x->plan->order_count; i++) {
		const uint32_t node = x->plan->order[i];

		if ((bool)S_ISREG(filetree_node(x->plan->tree, node)->mode) != regular)
			continue;
		if (term_check(err) < 0 || fill_node(x, node, err) < 0)
			return -1;
	}
	return 0;
}

/* Directories and the like first, contents after them: metadata stands together. */
int ext4_fill(struct ext4_fs *x, struct error *err)
{
	ext4_keep_places(x);
	if (x->plan->make_lost_found && fill_lost_found(x, err) < 0)
		return -1;
	if (fill_kind(x, false, err) < 0)
		return -1;
	return fill_kind(x, true, err);
}
