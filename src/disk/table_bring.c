/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk/table_bring.h"

#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/size.h"

/* Offsets in a GPT header (UEFI 2.10, section 5.3) and in an MBR. */
enum {
	SECTOR_BYTES = 512,
	GPT_OTHER_LBA_AT = 32,
	GPT_ENTRIES_LBA_AT = 72,
	GPT_ENTRY_COUNT_AT = 80,
	GPT_ENTRY_BYTES_AT = 84,
	MBR_ENTRIES_AT = 446,
	MBR_ENTRY_BYTES = 16,
	MBR_ENTRIES = 4,
	MBR_TYPE_AT = 4,
	MBR_START_AT = 8,
};

enum {
	/* Also of other tables, and of the swap and file system signatures that it looks
	 * for. */
	HEAD_BYTES = 128 << 10,
	ENTRIES_MOST_BYTES = 4 << 20, /* libfdisk's own bound is far lower */
	LOGICAL_MOST = 128, /* a chain that is longer goes round in a circle */
};

static uint64_t get_le(const uint8_t *p, size_t bytes)
{
	uint64_t value = 0;

	for (size_t i = 0; i < bytes; i++)
		value |= (uint64_t)p[i] << (8 * i);
	return value;
}

/* A disk, and how many sectors it has. */
struct table {
	const struct disk_source *disk;
	const char *name;
	uint64_t sectors;
};

/* *ret_there is false behind the end. */
static int read_sector(const struct table *t, uint64_t lba, uint8_t *to, bool *ret_there,
	struct error *err)
{
	size_t got;

	*ret_there = lba < t->sectors;
	if (!*ret_there)
		return 0;
	return disk_source_read(
		t->disk, to, SECTOR_BYTES, lba * SECTOR_BYTES, &got, t->name, err);
}

/* One copy of a GPT; *ret_other is where it says that the other is, or 0. */
static int bring_gpt(
	const struct table *t, uint64_t lba, uint64_t *ret_other, struct error *err)
{
	uint8_t header[SECTOR_BYTES] = { 0 };
	uint64_t entries, bytes;
	bool there;

	*ret_other = 0;
	if (read_sector(t, lba, header, &there, err) < 0)
		return -1;
	if (!there || memcmp(header, "EFI PART", 8) != 0)
		return 0;
	*ret_other = get_le(header + GPT_OTHER_LBA_AT, 8);
	entries = get_le(header + GPT_ENTRIES_LBA_AT, 8);
	bytes = get_le(header + GPT_ENTRY_COUNT_AT, 4) *
		get_le(header + GPT_ENTRY_BYTES_AT, 4);
	if (entries >= t->sectors || bytes > ENTRIES_MOST_BYTES)
		return 0;
	return disk_source_bring(t->disk, entries * SECTOR_BYTES, bytes, err);
}

static bool is_extended(uint8_t type)
{
	return type == 0x05 || type == 0x0f || type == 0x85;
}

/* Where the first extended partition of an MBR, or of a link of the chain, begins; 0:
 * there is none. */
static uint64_t extended_start(const uint8_t *sector)
{
	if (sector[SECTOR_BYTES - 2] != 0x55 || sector[SECTOR_BYTES - 1] != 0xaa)
		return 0;
	for (size_t i = 0; i < MBR_ENTRIES; i++) {
		const uint8_t *entry = sector + MBR_ENTRIES_AT + i * MBR_ENTRY_BYTES;

		if (is_extended(entry[MBR_TYPE_AT]))
			return get_le(entry + MBR_START_AT, 4);
	}
	return 0;
}

/* Each link says where the next is, counted from the first. */
static int bring_logical(const struct table *t, struct error *err)
{
	uint8_t sector[SECTOR_BYTES] = { 0 };
	uint64_t first, at;
	bool there;

	if (read_sector(t, 0, sector, &there, err) < 0)
		return -1;
	first = at = there ? extended_start(sector) : 0;
	for (unsigned int i = 0; at && i < LOGICAL_MOST; i++) {
		uint64_t next;

		if (read_sector(t, at, sector, &there, err) < 0)
			return -1;
		next = there ? extended_start(sector) : 0;
		at = next ? first + next : 0;
	}
	return 0;
}

int table_bring(const struct disk_source *disk, const char *name, struct error *err)
{
	struct table t = { .disk = disk, .name = name };
	uint64_t other, ignored;
	off_t size;

	if (!disk->bring)
		return 0;
	size = lseek(disk->fd, 0, SEEK_END);
	if (size < 0)
		return error_errno(err, "find the size of '%s'", name);
	t.sectors = (uint64_t)size / SECTOR_BYTES;
	if (disk_source_bring(disk, 0, HEAD_BYTES, err) < 0 ||
		bring_gpt(&t, 1, &other, err) < 0 ||
		bring_gpt(&t, other, &ignored, err) < 0)
		return -1;
	/* Of a disk that has grown, or whose first copy is damaged. */
	if (t.sectors && bring_gpt(&t, t.sectors - 1, &ignored, err) < 0)
		return -1;
	return bring_logical(&t, err);
}
