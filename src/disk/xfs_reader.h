/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading an XFS file system (version 5) of anyone's making: no mount, no root, and
 * nothing is written. Whatever its bytes say ends in a tree, in contents, or in
 * ERR_FORMAT: checksums, places and owners of all metadata are checked.
 *
 * Its log is not replayed: of a file system that was not unmounted, what only the log
 * knows is not seen. Of version 4, which has no checksums, ERR_FORMAT says so.
 *
 * Life: xfs_reader_open(), then reads from one thread, xfs_reader_free().
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/filetree.h"
#include "disk/source.h"

struct xfs_reader;

/*
 * The file system in that part of the disk, whose source stays the caller's; `name` is
 * for messages.
 */
int xfs_reader_open(const struct disk_source *disk, const char *name,
	uint64_t offset_bytes, uint64_t size_bytes, struct xfs_reader **ret,
	struct error *err);
struct xfs_reader *xfs_reader_free(struct xfs_reader *r);
static inline void xfs_reader_freep(struct xfs_reader **r)
{
	*r = xfs_reader_free(*r);
}

/* Whether its log ends with the record that unmounting writes. */
bool xfs_reader_is_clean(const struct xfs_reader *r);

/*
 * All its files, sealed. A node's content_offset_bytes is the number of its inode, for
 * xfs_reader_read(); filetree_open_content() does not serve here. Access control lists
 * are the attributes that they are on disk, "trusted.SGI_ACL_FILE".
 */
int xfs_reader_list(struct xfs_reader *r, struct filetree **ret, struct error *err);

/* Bytes of a regular file: *ret_got is less than length_bytes only at its end. */
int xfs_reader_read(struct xfs_reader *r, uint64_t ino, uint64_t offset_bytes, void *buf,
	size_t length_bytes, size_t *ret_got, struct error *err);
