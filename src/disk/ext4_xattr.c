/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk/ext4_fs.h"

#include <errno.h>

/* The value of an attribute of user space; nothing this large can be stored anyway. */
enum { VALUE_MOST_BYTES = 65536, ACL_HEADER_BYTES = 4 };

static int set_one(struct ext2_xattr_handle *h, const char *path,
	const struct filetree_xattr *a, struct error *err)
{
	errcode_t code = EXT2_ET_EA_NO_SPACE;

	if (a->length_bytes <= VALUE_MOST_BYTES)
		code = ext2fs_xattr_set(h, a->name, a->value, a->length_bytes);
	if (code == EXT2_ET_EA_NO_SPACE)
		return error_set(err, ERR_FORMAT, 0,
			"'/%s': the extended attribute '%s' (%zu bytes) does not fit: "
			"ext4 has one "
			"block of %d bytes for all of a file's",
			path, a->name, a->length_bytes, EXT4_BLOCK_BYTES);
	/* ENOMEM: what libext2fs says of an access control list that is too short. */
	if (code == EINVAL || (code == ENOMEM && a->length_bytes < ACL_HEADER_BYTES))
		return error_set(err, ERR_FORMAT, 0,
			"'/%s': the extended attribute '%s' is not what it should be",
			path, a->name);
	if (code)
		return ext4_failed(err, code, "'/%s': set the extended attribute '%s'",
			path, a->name);
	return 0;
}

static int set_all(
	struct ext2_xattr_handle *h, const struct filetree_node *n, struct error *err)
{
	errcode_t code;

	for (size_t i = 0; i < n->xattr_count; i++)
		if (set_one(h, n->path, &n->xattrs[i], err) < 0)
			return -1;
	code = ext2fs_xattrs_write(h);
	if (code)
		return ext4_failed(
			err, code, "'/%s': write extended attributes", n->path);
	return 0;
}

int ext4_write_xattrs(struct ext4_fs *x, uint32_t node, struct error *err)
{
	const struct filetree_node *n = filetree_node(x->plan->tree, node);
	struct ext2_xattr_handle *h;
	errcode_t code;
	int r;

	if (n->xattr_count == 0)
		return 0;
	code = ext2fs_xattrs_open(x->fs, x->plan->nodes[node].inode, &h);
	if (code)
		return ext4_failed(err, code, "'/%s': open extended attributes", n->path);
	r = set_all(h, n, err);
	(void)ext2fs_xattrs_close(&h);
	return r;
}
