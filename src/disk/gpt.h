/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A GUID partition table (UEFI 2.10, chapter 5) with 128 entries, both copies and the
 * protective MBR, for disks of 512-byte sectors.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "disk/blockmap.h"

enum { GPT_SECTOR_BYTES = 512, GPT_FIRST_SECTORS = 34, GPT_LAST_SECTORS = 33 };

struct gpt_partition {
	unsigned int number; /* from 1 */
	uint64_t start_bytes;
	uint64_t size_bytes;
	const char *type; /* the type's GUID as text */
	const uint8_t *uuid; /* 16 bytes, in the order of its text */
	const char *name;
};

/*
 * The tables for a disk of the map's size, added to the map; but for the first sector,
 * the protective MBR, which a boot loader shares: it is copied to `ret_mbr`.
 */
int gpt_layout(const uint8_t disk_uuid[16], const struct gpt_partition *partitions,
	size_t count, struct blockmap *m, uint8_t ret_mbr[GPT_SECTOR_BYTES],
	struct error *err);
