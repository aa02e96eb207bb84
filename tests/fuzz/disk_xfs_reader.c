/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * XFS file systems of anyone's making are a tree whose contents can be read, or an error;
 * either soon. Who lies gets the checksums right: so they are made right here, for else
 * next to nothing would come through.
 */
#include "disk/xfs_reader.h"

#include <endian.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "disk/crc32c.h"
#include "disk/xfs_format.h"

/* The images of the corpus have blocks of this size, but for directories. */
enum { BLOCK_BYTES = 1024, INODE_BYTES = 512 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void put_crc(uint8_t *bytes, size_t length, size_t offset)
{
	uint32_t crc = 0;

	memcpy(bytes + offset, &crc, sizeof(crc));
	crc = htole32(crc32c(bytes, length));
	memcpy(bytes + offset, &crc, sizeof(crc));
}

static uint32_t get_32(const uint8_t *from)
{
	uint32_t be;

	memcpy(&be, from, sizeof(be));
	return be32toh(be);
}

/* What begins with a magic number of its own. */
static void mend_block(uint8_t *bytes, size_t dir_bytes)
{
	switch (get_32(bytes)) {
	case XFS_DIR_BLOCK_MAGIC:
	case XFS_DIR_DATA_MAGIC:
		put_crc(bytes, dir_bytes, offsetof(struct xfs_dir_header, crc));
		return;
	case XFS_BMAP_MAGIC:
		put_crc(bytes, BLOCK_BYTES, offsetof(struct xfs_long_block, crc));
		return;
	case XFS_SYMLINK_MAGIC:
	case XFS_REMOTE_MAGIC:
		put_crc(bytes, BLOCK_BYTES, offsetof(struct xfs_remote_header, crc));
		return;
	default:
		break;
	}
	if (get_32(bytes + offsetof(struct xfs_da_header, magic)) >> 16 ==
		XFS_ATTR_LEAF_MAGIC)
		put_crc(bytes, BLOCK_BYTES, offsetof(struct xfs_da_header, crc));
}

static void mend(uint8_t *bytes, size_t size)
{
	size_t dir_bytes;

	if (size < XFS_SECTOR_BYTES)
		return;
	put_crc(bytes, XFS_SECTOR_BYTES, offsetof(struct xfs_sb, crc));
	dir_bytes = (size_t)BLOCK_BYTES
		    << bytes[offsetof(struct xfs_sb, dir_block_log)] % 8;
	for (size_t at = BLOCK_BYTES; at + BLOCK_BYTES <= size; at += BLOCK_BYTES)
		mend_block(bytes + at, dir_bytes <= size - at ? dir_bytes : BLOCK_BYTES);
	for (size_t at = BLOCK_BYTES; at + INODE_BYTES <= size; at += INODE_BYTES)
		if (get_32(bytes + at) >> 16 == XFS_INODE_MAGIC)
			put_crc(bytes + at, INODE_BYTES,
				offsetof(struct xfs_dinode, crc));
}

static void read_contents(struct xfs_reader *r, const struct filetree *t)
{
	char bytes[4096];

	for (uint32_t i = 0; i < filetree_count(t); i++) {
		const struct filetree_node *n = filetree_node(t, i);
		struct error err = ERROR_INIT;
		size_t got;

		if (S_ISREG(n->mode) &&
			xfs_reader_read(r, n->content_offset_bytes, n->size_bytes / 2,
				bytes, sizeof(bytes), &got, &err) < 0 &&
			err.code == ERR_NONE)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(fd_closep) int fd = memfd_create("fuzz", MFD_CLOEXEC);
	CLEANUP(freep) uint8_t *bytes = xmalloc(size + 1);
	CLEANUP(xfs_reader_freep) struct xfs_reader *r = NULL;
	struct error err = ERROR_INIT;
	struct filetree *t;

	if (size)
		memcpy(bytes, data, size);
	mend(bytes, size);
	if (fd < 0 || fd_pwrite_all(fd, bytes, size, 0, "fuzz", &err) < 0)
		abort();
	if (xfs_reader_open(&DISK_SOURCE(fd), "fuzz", 0, size, &r, &err) < 0 ||
		xfs_reader_list(r, &t, &err) < 0) {
		if (err.code == ERR_NONE)
			abort();
		return 0;
	}
	read_contents(r, t);
	filetree_free(t);
	return 0;
}
