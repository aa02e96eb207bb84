/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which file system (or container of one) begins at a place of a disk: told from the
 * magic numbers that each has at a fixed offset.
 */
#pragma once

#include <stdint.h>

#include "base/error.h"
#include "disk/source.h"

enum fs_kind {
	FS_UNKNOWN = 0,
	FS_NOTHING, /* zeros, where any of the others begins */
	FS_EXT, /* ext2, ext3 or ext4 */
	FS_FAT,
	FS_XFS,
	FS_BTRFS,
	FS_F2FS,
	FS_EROFS,
	FS_SQUASHFS,
	FS_ISO9660,
	FS_NTFS,
	FS_LUKS,
	FS_LVM,
	FS_RAID,
	FS_SWAP,
};

/* Of a disk, from `offset_bytes` on; `name` is for messages. */
int fs_probe(const struct disk_source *disk, const char *name, uint64_t offset_bytes,
	enum fs_kind *ret, struct error *err);

/* "ext4", "XFS", "nothing", "no known file system": for messages. */
const char *fs_kind_name(enum fs_kind kind);
