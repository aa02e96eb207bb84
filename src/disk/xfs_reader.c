/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk/xfs_reader.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "disk/xfs_reader_fs.h"

enum { DEVICE_MINOR_BITS = 18, SYMLINK_MOST_BYTES = 1024 };

struct xfs_reader *xfs_reader_free(struct xfs_reader *r)
{
	if (!r)
		return NULL;
	free(r->name);
	free(r);
	return NULL;
}

bool xfs_reader_is_clean(const struct xfs_reader *r)
{
	return r->clean;
}

/* A target beside its inode: each stretch of blocks begins with a header. */
static int read_remote_target(
	struct xfs_reader *r, const struct xfs_inode *inode, char *to, struct error *err)
{
	CLEANUP(xfs_mappings_releasep) struct xfs_mappings m = { 0 };
	size_t done = 0;

	if (xfs_reader_mappings(r, inode, &inode->data, &m, err) < 0)
		return -1;
	for (size_t i = 0; i < m.count && done < inode->size_bytes; i++) {
		const struct xfs_mapping *one = &m.items[i];
		CLEANUP(freep) uint8_t *bytes = NULL;
		const struct xfs_remote_header *h;
		size_t length;

		/* More blocks than bytes would be needed for. */
		if (one->count > SYMLINK_MOST_BYTES)
			break;
		length = (size_t)one->count << r->block_log;
		bytes = xmalloc(length);
		h = (const struct xfs_remote_header *)bytes;
		if (xfs_reader_bytes(r, one->block << r->block_log, bytes, length, err) <
			0)
			return -1;
		if (be32toh(h->magic) != XFS_SYMLINK_MAGIC ||
			be32toh(h->offset) != done ||
			be32toh(h->bytes) > length - sizeof(*h) ||
			be32toh(h->bytes) > inode->size_bytes - done)
			return xfs_reader_damaged(
				r, "the target of a symbolic link is none", err);
		if (xfs_reader_check(r, &xfs_guard_remote, bytes, length, one->block,
			    inode->ino, err) < 0)
			return -1;
		memcpy(to + done, h + 1, be32toh(h->bytes));
		done += be32toh(h->bytes);
	}
	if (done < inode->size_bytes)
		return xfs_reader_damaged(r, "a symbolic link has no end", err);
	return 0;
}

static int read_target(struct xfs_reader *r, const struct xfs_inode *inode,
	struct filetree_node *n, struct error *err)
{
	const size_t length = (size_t)inode->size_bytes;
	CLEANUP(freep) char *target = NULL;

	if (!inode->size_bytes || inode->size_bytes > SYMLINK_MOST_BYTES)
		return xfs_reader_damaged(
			r, "the target of a symbolic link makes no sense", err);
	target = xcalloc(1, length + 1);
	if (inode->data.format != XFS_FORK_LOCAL) {
		if (read_remote_target(r, inode, target, err) < 0)
			return -1;
	} else if (length > inode->data.length_bytes) {
		return xfs_reader_damaged(r, "a symbolic link has no end", err);
	} else {
		memcpy(target, inode->data.bytes, length);
	}
	n->target = TAKE_PTR(target);
	return 0;
}

static int read_inode(void *fs, uint64_t ino, struct filetree_node *n, struct error *err)
{
	struct xfs_reader *r = fs;
	struct xfs_inode inode;

	if (xfs_reader_inode(r, ino, &inode, err) < 0)
		return -1;
	n->mode = inode.mode;
	n->uid = inode.uid;
	n->gid = inode.gid;
	n->mtime_s = inode.mtime_s;
	n->mtime_ns = inode.mtime_ns;
	n->content_offset_bytes = ino;
	if (S_ISREG(n->mode))
		n->size_bytes = inode.size_bytes;
	if (!S_ISDIR(n->mode) && inode.links > 1)
		n->link_key[1] = ino;
	if (S_ISCHR(n->mode) || S_ISBLK(n->mode)) {
		const uint32_t number = xfs_get_32(inode.data.bytes);

		n->device_major = number >> DEVICE_MINOR_BITS;
		n->device_minor = number & ((1 << DEVICE_MINOR_BITS) - 1);
	}
	if (S_ISLNK(n->mode) && read_target(r, &inode, n, err) < 0)
		return -1;
	return xfs_reader_attrs(r, &inode, n, err);
}

static int read_directory(void *fs, uint64_t ino, struct fs_walk *w, struct error *err)
{
	struct xfs_inode inode;

	if (xfs_reader_inode(fs, ino, &inode, err) < 0)
		return -1;
	return xfs_reader_dir(fs, &inode, w, err);
}

int xfs_reader_list(struct xfs_reader *r, struct filetree **ret, struct error *err)
{
	static const struct fs_walk_ops ops = { read_inode, read_directory };

	return fs_walk_list(&ops, r, r->name, r->root_ino, ret, err);
}

int xfs_reader_read(struct xfs_reader *r, uint64_t ino, uint64_t offset_bytes, void *buf,
	size_t length_bytes, size_t *ret_got, struct error *err)
{
	CLEANUP(xfs_mappings_releasep) struct xfs_mappings m = { 0 };
	struct xfs_inode inode;

	if (xfs_reader_inode(r, ino, &inode, err) < 0)
		return -1;
	if (!S_ISREG(inode.mode))
		return xfs_reader_damaged(r, "an inode is no file", err);
	if (inode.is_realtime)
		return error_set(err, ERR_FORMAT, 0,
			"'%s': the content of a file is on a real-time device, which is "
			"another disk",
			r->name);
	if (offset_bytes > inode.size_bytes)
		offset_bytes = inode.size_bytes;
	if (length_bytes > inode.size_bytes - offset_bytes)
		length_bytes = (size_t)(inode.size_bytes - offset_bytes);
	if (length_bytes && (xfs_reader_mappings(r, &inode, &inode.data, &m, err) < 0 ||
				    xfs_reader_mapped(r, &m, offset_bytes, buf,
					    length_bytes, err) < 0))
		return -1;
	*ret_got = length_bytes;
	return 0;
}
