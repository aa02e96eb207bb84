/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GRUB's two images for BIOS, told where they stand on the disk: what grub-bios-setup
 * does to a device, done to the bytes. The offsets are those of GRUB's
 * boot/i386/pc/boot.S and diskboot.S, which have not changed since GRUB 1.98.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum { GRUB_SECTOR_BYTES = 512 };

/* boot.img over the MBR, whose disk signature and partition table stay. */
int grub_patch_boot(uint8_t mbr[GRUB_SECTOR_BYTES], const void *boot, size_t boot_bytes,
	uint64_t core_sector, struct error *err);

/* core.img, which starts at `core_sector`; it is changed in place. */
int grub_patch_core(
	uint8_t *core, size_t core_bytes, uint64_t core_sector, struct error *err);
