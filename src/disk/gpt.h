/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Partition tables: a GUID partition table (UEFI 2.10, chapter 5) with 128 entries, both
 * copies and the protective MBR, made for disks of 512-byte sectors; and the tables of
 * disks that others have made, read.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "disk/blockmap.h"
#include "disk/source.h"

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

enum partition_table_kind {
	PARTITION_TABLE_NONE = 0,
	PARTITION_TABLE_GPT,
	PARTITION_TABLE_MBR
};

/* One that was found on a disk; all of it lies on the disk. */
struct partition {
	unsigned int number; /* from 1 */
	uint64_t start_bytes;
	uint64_t size_bytes;
	char type[37]; /* GPT: the GUID, upper-case; MBR: two digits, "ef" */
	/* GPT's attribute 59, by the UAPI Group's Discoverable Partitions Specification:
	 * the file system is to be made as large as the partition when it is mounted. */
	bool grows;
};

/* By value: { 0 }, partition_table_release(). */
struct partition_table {
	enum partition_table_kind kind;
	struct partition *items; /* by number */
	size_t count;
};

void partition_table_release(struct partition_table *t);

/*
 * The table of a disk, which is only read; `name` is for messages. A disk without one is
 * PARTITION_TABLE_NONE. ERR_FORMAT for a partition that ends behind the end of the disk:
 * the disk is cut off.
 */
int partition_table_read(const struct disk_source *disk, const char *name,
	struct partition_table *ret, struct error *err);
