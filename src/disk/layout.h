/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The whole disk: GPT (UEFI 2.10, chapter 5) with a BIOS boot partition, an EFI system
 * partition, /boot and swap where they are wanted, and the root file system; and the boot
 * code; as one map.
 *
 *	0        protective MBR with GRUB's boot.img
 *	20 KiB   partition 1: BIOS boot (GRUB's core.img)            (with loader.bios)
 *	1 MiB    partition 2: EFI system, FAT32                      (with loader.efi)
 *	…        partition 3: /boot                                  (with boot)
 *	…        the next number: swap                               (with swap_bytes)
 *	…        the next number: root, to the end
 *	-33      backup GPT
 *
 * Numbers follow the order on the disk. The root partition is always the last: it can
 * grow. It is number 3 where there is neither /boot nor swap.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "disk/blockmap.h"
#include "disk/file_system.h"

enum {
	LAYOUT_BIOS_PARTITION = 1,
	LAYOUT_ESP_PARTITION,
	LAYOUT_BOOT_PARTITION, /* where there is one */
	LAYOUT_PARTITIONS_MOST = 5,
};

static inline unsigned int layout_swap_partition(bool has_boot)
{
	return LAYOUT_BOOT_PARTITION + (has_boot ? 1 : 0);
}

static inline unsigned int layout_root_partition(bool has_boot, bool has_swap)
{
	return layout_swap_partition(has_boot) + (has_swap ? 1 : 0);
}

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
	struct file_system_spec root; /* its size_bytes is set by the layout */
	struct file_system_spec
		boot; /* for /boot, with its size_bytes; kind NONE: none */
	uint64_t swap_bytes; /* 0: none. As boot's size, rounded up to 1 MiB */
	const char *swap_label;
	const struct loader_images *loader;
	int64_t time_s;
	uint8_t disk_uuid[16], bios_uuid[16], esp_uuid[16], boot_partition_uuid[16];
	uint8_t swap_uuid[16], swap_partition_uuid[16], root_partition_uuid[16];
	uint32_t esp_volume_id;
};

int layout_disk(const struct layout_spec *spec, struct blockmap **ret, struct error *err);
