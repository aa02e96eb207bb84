/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The whole disk: GPT (UEFI 2.10, chapter 5) with a BIOS boot partition, an EFI system
 * partition and the root file system, and the boot code, as one map.
 *
 *	0        protective MBR with GRUB's boot.img
 *	1 MiB    partition 1: BIOS boot (GRUB's core.img), 1 MiB     (with loader.bios)
 *	2 MiB    partition 2: EFI system, FAT32                      (with loader.efi)
 *	…        partition 3: root, to the end
 *	-33      backup GPT
 *
 * The root partition is number 3 whatever else is there, and the last on the disk: it can
 * grow.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "disk/blockmap.h"
#include "disk/ext4.h"

enum { LAYOUT_ROOT_PARTITION = 3 };

/* Of the FAT file system on the EFI system partition. */
#define LAYOUT_ESP_LABEL "ESP"

/* Boot loader images as grub-mkimage made them; empty (NULL): not bootable that way. */
struct loader_images {
	void *bios_boot; /* boot.img, 512 bytes */
	size_t bios_boot_bytes;
	void *bios_core; /* core.img */
	size_t bios_core_bytes;
	void *efi; /* the PE image for the removable path */
	size_t efi_bytes;
	char efi_name[16]; /* "BOOTX64.EFI", "BOOTAA64.EFI" */
};

void loader_images_release(struct loader_images *l);
static inline void loader_images_releasep(struct loader_images *l)
{
	loader_images_release(l);
}

enum layout_arch {
	LAYOUT_X86_64 = 1,
	LAYOUT_ARM64
}; /* picks the root partition's type */

struct layout_spec {
	enum layout_arch arch;
	uint64_t size_bytes; /* of the disk; 0: fits the content. Rounded up to 1 MiB */
	struct ext4_spec root; /* its size_bytes is set by the layout */
	const struct loader_images *loader;
	int64_t time_s;
	uint8_t disk_uuid[16], bios_uuid[16], esp_uuid[16], root_partition_uuid[16];
	uint32_t esp_volume_id;
};

int layout_disk(const struct layout_spec *spec, struct blockmap **ret, struct error *err);
