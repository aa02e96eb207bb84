/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The master boot record's partition table, alone or in front of a GUID partition
 * table.
 */
#pragma once

#include <stdbool.h>

#include "grow/table.h"

enum mbr_kind {
	MBR_NONE = 0, /* no signature, or what cannot be a table */
	MBR_PARTITIONS,
	MBR_PROTECTIVE, /* one partition of type 0xee, from sector 1 on */
	MBR_HYBRID, /* such a one and others */
};

/* `first` is sector 0, at least 512 bytes of it. */
enum mbr_kind mbr_kind(const uint8_t *first);

/* Changes `first` to what is to be written. */
enum table_result mbr_plan(const struct disk *d, const struct table_request *want,
	uint8_t *first, struct table_plan *plan);

/* The number of sectors that the protective partition claims. */
uint32_t mbr_protective_sectors(const uint8_t *first);

/* Makes it claim the disk; false: it does already. All bits set, which some tools write
 * whatever the size, counts as the size. */
bool mbr_protective_grow(uint8_t *first, uint64_t disk_sectors);
