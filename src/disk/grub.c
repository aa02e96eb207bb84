/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk/grub.h"

#include <endian.h>
#include <string.h>

enum {
	BOOT_KERNEL_SECTOR = 0x5c, /* 64 bits: where core.img starts */
	BOOT_DRIVE_CHECK = 0x66, /* a jump over the check of the drive number in dl */
	BOOT_SIGNATURE = 0x1fe,
	MBR_DISK_SIGNATURE = 0x1b8, /* from here on, the MBR is not the loader's */
	CORE_FIRST_BLOCKLIST =
		GRUB_SECTOR_BYTES - 12, /* start (64), length (16), segment (16) */
	NOP = 0x90,
};

static void put_le64(uint8_t *at, uint64_t value)
{
	const uint64_t le = htole64(value);

	memcpy(at, &le, sizeof(le));
}

static unsigned int get_le16(const uint8_t *at)
{
	return at[0] | (unsigned int)at[1] << 8;
}

int grub_patch_boot(uint8_t mbr[GRUB_SECTOR_BYTES], const void *boot, size_t boot_bytes,
	uint64_t core_sector, struct error *err)
{
	const uint8_t *from = boot;

	if (boot_bytes != GRUB_SECTOR_BYTES || from[BOOT_SIGNATURE] != 0x55 ||
		from[BOOT_SIGNATURE + 1] != 0xaa)
		return error_set(err, ERR_FORMAT, 0,
			"GRUB's boot.img (%zu bytes) is not a boot sector of %d bytes",
			boot_bytes, GRUB_SECTOR_BYTES);
	memcpy(mbr, boot, MBR_DISK_SIGNATURE);
	put_le64(mbr + BOOT_KERNEL_SECTOR, core_sector);
	/* Some firmware passes a wrong drive number: let GRUB take 0x80 then, the first
	 * disk. */
	mbr[BOOT_DRIVE_CHECK] = NOP;
	mbr[BOOT_DRIVE_CHECK + 1] = NOP;
	return 0;
}

int grub_patch_core(
	uint8_t *core, size_t core_bytes, uint64_t core_sector, struct error *err)
{
	const size_t sectors = (core_bytes + GRUB_SECTOR_BYTES - 1) / GRUB_SECTOR_BYTES;

	/* grub-mkimage has noted how many sectors follow the first. */
	if (core_bytes <= GRUB_SECTOR_BYTES ||
		get_le16(core + CORE_FIRST_BLOCKLIST + 8) != sectors - 1)
		return error_set(err, ERR_FORMAT, 0,
			"GRUB's core.img (%zu bytes) is not what grub-mkimage makes for "
			"i386-pc",
			core_bytes);
	put_le64(core + CORE_FIRST_BLOCKLIST, core_sector + 1);
	return 0;
}
