/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk/fs_probe.h"

#include <stddef.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"

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
	{ FS_RAID, 4096, 4, "\xfc\x4e\x2b\xa9" },
	{ FS_RAID, 0, 4, "\xfc\x4e\x2b\xa9" },
	{ FS_ISO9660, 32769, 5, "CD001" },
	{ FS_SWAP, 4096 - 10, 10, "SWAPSPACE2" },
	{ FS_NTFS, 3, 8, "NTFS    " },
	{ FS_FAT, 82, 5, "FAT32" },
	{ FS_FAT, 54, 4, "FAT1" },
};

static const char *const names[] = {
	[FS_UNKNOWN] = "no known file system",
	[FS_NOTHING] = "nothing",
	[FS_EXT] = "ext4",
	[FS_FAT] = "FAT",
	[FS_XFS] = "XFS",
	[FS_BTRFS] = "btrfs",
	[FS_F2FS] = "F2FS",
	[FS_EROFS] = "EROFS",
	[FS_SQUASHFS] = "squashfs",
	[FS_ISO9660] = "ISO 9660",
	[FS_NTFS] = "NTFS",
	[FS_LUKS] = "an encrypted volume (LUKS)",
	[FS_LVM] = "a physical volume of LVM",
	[FS_RAID] = "a member of a RAID",
	[FS_SWAP] = "swap space",
};

/* All of the magics stand in so many bytes. */
enum { PROBED_BYTES = 128 << 10 };

static int probe_for_zeros(const struct disk_source *disk, const char *name,
	uint64_t offset_bytes, enum fs_kind *ret, struct error *err)
{
	CLEANUP(freep) uint8_t *bytes = xcalloc(1, PROBED_BYTES);
	size_t got;

	if (disk_source_read(disk, bytes, PROBED_BYTES, offset_bytes, &got, name, err) <
		0)
		return -1;
	/* The first is zero, and each is as the one before it. */
	*ret = !bytes[0] && !memcmp(bytes, bytes + 1, PROBED_BYTES - 1) ? FS_NOTHING
									: FS_UNKNOWN;
	return 0;
}

int fs_probe(const struct disk_source *disk, const char *name, uint64_t offset_bytes,
	enum fs_kind *ret, struct error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(magics); i++) {
		uint8_t found[16];
		size_t got;

		if (disk_source_read(disk, found, magics[i].length,
			    offset_bytes + magics[i].at, &got, name, err) < 0)
			return -1;
		if (got < magics[i].length ||
			memcmp(found, magics[i].magic, magics[i].length) != 0)
			continue;
		*ret = magics[i].kind;
		return 0;
	}
	return probe_for_zeros(disk, name, offset_bytes, ret, err);
}

const char *fs_kind_name(enum fs_kind kind)
{
	return names[kind];
}
