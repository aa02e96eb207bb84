/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "grow/mbr.h"

#include "data/le.h"

/* UEFI 2.10, 5.2.1, tables 5.1 and 5.2. */
enum {
	TABLE_AT = 446,
	ENTRY_BYTES = 16,
	ENTRIES = 4,
	SIGNATURE_AT = 510,
	SIGNATURE = 0xaa55,
	STATUS_ACTIVE = 0x80,
	TYPE_AT = 4,
	END_CHS_AT = 5,
	START_AT = 8,
	SECTORS_AT = 12,
	TYPE_PROTECTIVE = 0xee,
	PROTECTIVE_START = 1,
};

/* What every tool counts with today: the end in cylinders, heads and sectors. */
enum { HEADS = 255, SECTORS_A_TRACK = 63, CYLINDERS = 1024 };

struct entry {
	uint8_t type;
	uint32_t start, sectors;
};

static uint8_t *entry_at(uint8_t *first, unsigned int index)
{
	return first + TABLE_AT + (size_t)index * ENTRY_BYTES;
}

static struct entry get(const uint8_t *first, unsigned int index)
{
	const uint8_t *at = first + TABLE_AT + (size_t)index * ENTRY_BYTES;

	return (struct entry){ .type = at[TYPE_AT],
		.start = le32_get(at + START_AT),
		.sectors = le32_get(at + SECTORS_AT) };
}

static bool is_extended(uint8_t type)
{
	return type == 0x05 || type == 0x0f || type == 0x85;
}

static bool is_protective(const struct entry *e)
{
	return e->type == TYPE_PROTECTIVE && e->start == PROTECTIVE_START;
}

enum mbr_kind mbr_kind(const uint8_t *first)
{
	unsigned int used = 0, protective = 0;

	if (le16_get(first + SIGNATURE_AT) != SIGNATURE)
		return MBR_NONE;
	for (unsigned int i = 0; i < ENTRIES; i++) {
		uint8_t status = first[TABLE_AT + (size_t)i * ENTRY_BYTES];
		struct entry e = get(first, i);

		if (status != 0 && status != STATUS_ACTIVE)
			return MBR_NONE;
		used += e.type != 0;
		protective += is_protective(&e);
	}
	if (used == 0)
		return MBR_NONE;
	if (protective == 0)
		return MBR_PARTITIONS;
	return used == 1 ? MBR_PROTECTIVE : MBR_HYBRID;
}

/* Beyond what cylinders can count, all of them are at their end. */
static void put_end_chs(uint8_t *entry, uint64_t end)
{
	uint64_t track = end / SECTORS_A_TRACK, cylinder = track / HEADS;
	unsigned int head = (unsigned int)(track % HEADS);
	unsigned int sector = (unsigned int)(end % SECTORS_A_TRACK) + 1;

	if (cylinder >= CYLINDERS) {
		cylinder = CYLINDERS - 1;
		head = HEADS - 1;
		sector = SECTORS_A_TRACK;
	}
	entry[END_CHS_AT] = (uint8_t)head;
	entry[END_CHS_AT + 1] = (uint8_t)(sector | (cylinder >> 8) << 6);
	entry[END_CHS_AT + 2] = (uint8_t)cylinder;
}

static enum table_result check_others(
	const uint8_t *first, unsigned int index, const struct entry *ours)
{
	for (unsigned int i = 0; i < ENTRIES; i++) {
		struct entry e = get(first, i);

		if (i == index || e.type == 0 || e.sectors == 0)
			continue;
		if (e.start < (uint64_t)ours->start + ours->sectors &&
			ours->start < (uint64_t)e.start + e.sectors)
			return TABLE_OVERLAP;
		if (e.start > ours->start)
			return TABLE_NOT_LAST;
	}
	return TABLE_OK;
}

enum table_result mbr_plan(const struct disk *d, const struct table_request *want,
	uint8_t *first, struct table_plan *plan)
{
	/* Starts and sizes are numbers of 32 bits. */
	uint64_t reach = d->sectors < UINT32_MAX ? d->sectors : UINT32_MAX;
	enum table_result result;
	uint64_t end, new_end;
	struct entry e;

	if (want->number == 0 || want->number > ENTRIES)
		return TABLE_LOGICAL;
	e = get(first, want->number - 1);
	if (e.type == 0 || e.start == 0 || e.sectors == 0 ||
		e.start != want->start_sector || is_extended(e.type))
		return TABLE_MISMATCH;
	end = (uint64_t)e.start + e.sectors - 1;
	if (end >= d->sectors)
		return TABLE_SHORT_DISK;
	result = check_others(first, want->number - 1, &e);
	if (result != TABLE_OK)
		return result;
	new_end = table_aligned_end(d, reach - 1);
	if (new_end < end)
		new_end = end;
	plan->old_end_sector = end;
	plan->new_end_sector = new_end;
	if (new_end == end)
		return TABLE_OK;
	le32_put(entry_at(first, want->number - 1) + SECTORS_AT,
		(uint32_t)(new_end - e.start + 1));
	put_end_chs(entry_at(first, want->number - 1), new_end);
	table_plan_add(plan, 0, first, d->sector_bytes);
	return TABLE_OK;
}

static unsigned int find_protective(const uint8_t *first)
{
	for (unsigned int i = 0; i < ENTRIES; i++) {
		struct entry e = get(first, i);

		if (is_protective(&e))
			return i;
	}
	return 0; /* mbr_kind() has seen one */
}

uint32_t mbr_protective_sectors(const uint8_t *first)
{
	return get(first, find_protective(first)).sectors;
}

bool mbr_protective_grow(uint8_t *first, uint64_t disk_sectors)
{
	uint64_t claim = disk_sectors - PROTECTIVE_START;
	uint32_t sectors = mbr_protective_sectors(first);

	if (claim > UINT32_MAX)
		claim = UINT32_MAX;
	if (sectors == claim || sectors == UINT32_MAX)
		return false;
	le32_put(entry_at(first, find_protective(first)) + SECTORS_AT, (uint32_t)claim);
	return true;
}
