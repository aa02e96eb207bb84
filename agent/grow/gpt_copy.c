/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "grow/gpt_copy.h"

#include "data/crc32.h"
#include "data/le.h"
#include "rt/string.h"

/* UEFI 2.10, tables 5.5 and 5.6. */
enum {
	HEADER_BYTES_AT = 12,
	HEADER_CRC_AT = 16,
	SECTOR_AT = 24,
	OTHER_SECTOR_AT = 32,
	FIRST_USABLE_AT = 40,
	LAST_USABLE_AT = 48,
	ENTRIES_SECTOR_AT = 72,
	ENTRY_COUNT_AT = 80,
	ENTRY_BYTES_AT = 84,
	ENTRIES_CRC_AT = 88,
	HEADER_LEAST_BYTES = 92,

	TYPE_BYTES = 16,
	START_AT = 32,
	END_AT = 40,
};

static const uint8_t signature[8] = { 'E', 'F', 'I', ' ', 'P', 'A', 'R', 'T' };

uint64_t gpt_entries_sectors(const struct disk *d, const struct gpt_copy *c)
{
	uint64_t bytes = (uint64_t)c->entry_count * GPT_ENTRY_BYTES;

	return (bytes + d->sector_bytes - 1) / d->sector_bytes;
}

size_t gpt_entries_bytes(const struct disk *d, const struct gpt_copy *c)
{
	return (size_t)gpt_entries_sectors(d, c) * d->sector_bytes;
}

/* The checksum counts itself as zero. */
static uint32_t header_crc(const uint8_t *header, uint32_t bytes)
{
	static const uint8_t zeros[4];
	uint32_t crc = crc32_add(0, header, HEADER_CRC_AT);

	crc = crc32_add(crc, zeros, sizeof(zeros));
	return crc32_add(crc, header + HEADER_CRC_AT + 4, bytes - HEADER_CRC_AT - 4);
}

static uint32_t entries_crc(const struct gpt_copy *c, const uint8_t *entries)
{
	return crc32_add(0, entries, (size_t)c->entry_count * GPT_ENTRY_BYTES);
}

enum table_result gpt_header_parse(
	const struct disk *d, struct gpt_copy *c, uint64_t sector)
{
	const uint8_t *h = c->header;

	c->header_bytes = le32_get(h + HEADER_BYTES_AT);
	if (memcmp(h, signature, sizeof(signature)) != 0 ||
		c->header_bytes < HEADER_LEAST_BYTES ||
		c->header_bytes > d->sector_bytes ||
		le32_get(h + HEADER_CRC_AT) != header_crc(h, c->header_bytes) ||
		le64_get(h + SECTOR_AT) != sector)
		return TABLE_DAMAGED;
	c->sector = sector;
	c->other_sector = le64_get(h + OTHER_SECTOR_AT);
	c->first_usable = le64_get(h + FIRST_USABLE_AT);
	c->last_usable = le64_get(h + LAST_USABLE_AT);
	c->entries_sector = le64_get(h + ENTRIES_SECTOR_AT);
	c->entry_count = le32_get(h + ENTRY_COUNT_AT);
	if (le32_get(h + ENTRY_BYTES_AT) != GPT_ENTRY_BYTES || c->entry_count == 0 ||
		c->entry_count > GPT_ENTRIES_MOST || c->first_usable > c->last_usable)
		return TABLE_ODD;
	return TABLE_OK;
}

bool gpt_entries_fit(const struct gpt_copy *c)
{
	return le32_get(c->header + ENTRIES_CRC_AT) == entries_crc(c, c->entries);
}

void gpt_header_make(uint8_t to[DISK_SECTOR_MOST_BYTES], const struct gpt_copy *from,
	const struct gpt_place *place, const uint8_t *entries)
{
	memcpy(to, from->header, DISK_SECTOR_MOST_BYTES);
	le64_put(to + SECTOR_AT, place->sector);
	le64_put(to + OTHER_SECTOR_AT, place->other_sector);
	le64_put(to + LAST_USABLE_AT, place->last_usable);
	le64_put(to + ENTRIES_SECTOR_AT, place->entries_sector);
	le32_put(to + ENTRIES_CRC_AT, entries_crc(from, entries));
	le32_put(to + HEADER_CRC_AT, header_crc(to, from->header_bytes));
}

struct gpt_entry gpt_entry_get(const uint8_t *entries, unsigned int index)
{
	static const uint8_t unused[TYPE_BYTES];
	const uint8_t *at = entries + (size_t)index * GPT_ENTRY_BYTES;

	return (struct gpt_entry){ .used = memcmp(at, unused, TYPE_BYTES) != 0,
		.start = le64_get(at + START_AT),
		.end = le64_get(at + END_AT) };
}

void gpt_entry_set_end(uint8_t *entries, unsigned int index, uint64_t end)
{
	le64_put(entries + (size_t)index * GPT_ENTRY_BYTES + END_AT, end);
}
