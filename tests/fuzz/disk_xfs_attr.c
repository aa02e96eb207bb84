/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Extended attributes of a tree, which packages bring: an inode has room for few. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "disk/xfs_attr.h"
#include "disk/xfs_format.h"

enum { ATTRS_MOST = 64, LENGTH_BYTES = 2 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A name, NUL, a length of 16 bits, so many bytes; the next. */
static size_t take_attrs(char *bytes, size_t size, struct filetree_xattr *to)
{
	size_t count = 0, at = 0;

	while (count < ATTRS_MOST) {
		const size_t name_bytes = strnlen(bytes + at, size - at);
		size_t length;

		if (size - at < name_bytes + 1 + LENGTH_BYTES)
			break;
		to[count].name = bytes + at;
		at += name_bytes + 1;
		length = (uint8_t)bytes[at] | (size_t)(uint8_t)bytes[at + 1] << 8;
		at += LENGTH_BYTES;
		to[count].value = bytes + at;
		to[count].length_bytes = length < size - at ? length : size - at;
		at += to[count++].length_bytes;
	}
	return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct filetree_xattr xattrs[ATTRS_MOST] = { 0 };
	char path[] = "file";
	struct filetree_node n = {
		.path = path, .mode = S_IFREG | 0644, .xattrs = xattrs
	};
	struct xfs_attrs attrs;
	struct error err = ERROR_INIT;
	char *bytes = malloc(size + 1);

	if (!bytes)
		return 0;
	if (size)
		memcpy(bytes, data, size);
	n.xattr_count = take_attrs(bytes, size, xattrs);
	if (n.xattr_count && xfs_attrs_make(&n, &attrs, &err) == 0) {
		if (attrs.count != n.xattr_count || attrs.fork_bytes % 8 ||
			attrs.fork_bytes >= XFS_LITERAL_BYTES)
			abort();
		xfs_attrs_release(&attrs);
	}
	free(bytes);
	return 0;
}
