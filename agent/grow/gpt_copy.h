/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One copy of a GUID partition table (UEFI 2.10, 5.3): a header in one sector and an
 * array of entries somewhere else. A disk has two, the primary in sector 1 and the
 * backup in its last sector.
 */
#pragma once

#include <stdbool.h>

#include "grow/table.h"

enum {
	GPT_PRIMARY_SECTOR = 1,
	GPT_ENTRY_BYTES = 128,
	GPT_ENTRIES_MOST = 256, /* 128 are made by nearly every tool */
	GPT_ENTRIES_ROOM = GPT_ENTRIES_MOST * GPT_ENTRY_BYTES,
};

struct gpt_copy {
	/*
	 * TABLE_OK: header and entries are as their checksums say. TABLE_ODD: the
	 * header is, but says what is not done here. TABLE_DAMAGED: no header, or a
	 * wrong checksum.
	 */
	enum table_result state;
	uint64_t sector, other_sector; /* this copy's header, and the other copy's */
	uint64_t first_usable, last_usable;
	uint64_t entries_sector;
	uint32_t entry_count;
	uint32_t header_bytes;
	uint8_t header[DISK_SECTOR_MOST_BYTES]; /* the sector as it was read */
	uint8_t entries[GPT_ENTRIES_ROOM];
};

/* Of the array, in whole sectors. */
size_t gpt_entries_bytes(const struct disk *d, const struct gpt_copy *c);
uint64_t gpt_entries_sectors(const struct disk *d, const struct gpt_copy *c);

/*
 * From `c->header`, read at `sector`: fills the fields and returns the state, TABLE_OK
 * as far as the header goes.
 */
enum table_result gpt_header_parse(
	const struct disk *d, struct gpt_copy *c, uint64_t sector);

/* Do `c->entries` have the checksum that the header says? */
bool gpt_entries_fit(const struct gpt_copy *c);

/* What the header of a copy is to say; all else is taken over from another one. */
struct gpt_place {
	uint64_t sector, other_sector, entries_sector, last_usable;
};

void gpt_header_make(uint8_t to[DISK_SECTOR_MOST_BYTES], const struct gpt_copy *from,
	const struct gpt_place *place, const uint8_t *entries);

/* Entry `index` of an array. */
struct gpt_entry {
	bool used;
	uint64_t start, end; /* sectors, both of the partition */
};

struct gpt_entry gpt_entry_get(const uint8_t *entries, unsigned int index);
void gpt_entry_set_end(uint8_t *entries, unsigned int index, uint64_t end);
