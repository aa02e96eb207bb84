/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk/fs_probe.h"

#include <stddef.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fd.h"

/* The order matters for FAT alone: its boot sector may stand before another's magic. */
static const struct {
	enum fs_kind kind;
	uint32_t at;
	uint8_t length;
	const char *magic;
} magics[] = {
	{ FS_EXT, 1024 + 56, 2, "\x53\xef" },
	{ FS_XFS, 0, 4, "XFSB" },
	{ FS_BTRFS, 65536 + 64, 8, "_BHRfS_M" },
	{ FS_F2FS, 1024, 4, "\x10\x20\xf5\xf2" },
	{ FS_EROFS, 1024, 4, "\xe2\xe1\xf5\xe0" },
	{ FS_SQUASHFS, 0, 4, "hsqs" },
	{ FS_LUKS, 0, 6, "LUKS\xba\xbe" },
	{ FS_LVM, 512, 8, "LABELONE" },
	{ FS_SWAP, 4096 - 10, 10, "SWAPSPACE2" },
	{ FS_NTFS, 3, 8, "NTFS    " },
	{ FS_FAT, 82, 5, "FAT32" },
	{ FS_FAT, 54, 4, "FAT1" },
};

static const char *const names[] = {
	[FS_UNKNOWN] = "an unknown file system",
	[FS_EXT] = "ext4",
	[FS_FAT] = "FAT",
	[FS_XFS] = "XFS",
	[FS_BTRFS] = "btrfs",
	[FS_F2FS] = "F2FS",
	[FS_EROFS] = "EROFS",
	[FS_SQUASHFS] = "squashfs",
	[FS_NTFS] = "NTFS",
	[FS_LUKS] = "an encrypted volume (LUKS)",
	[FS_LVM] = "a physical volume of LVM",
	[FS_SWAP] = "swap space",
};

int fs_probe(int fd, const char *name, uint64_t offset_bytes, enum fs_kind *ret,
	struct error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(magics); i++) {
		uint8_t found[16];
		size_t got;

		if (fd_pread(fd, found, magics[i].length, offset_bytes + magics[i].at,
			    &got, name, err) < 0)
			return -1;
		if (got < magics[i].length ||
			memcmp(found, magics[i].magic, magics[i].length) != 0)
			continue;
		*ret = magics[i].kind;
		return 0;
	}
	*ret = FS_UNKNOWN;
	return 0;
}

const char *fs_kind_name(enum fs_kind kind)
{
	return names[kind];
}
