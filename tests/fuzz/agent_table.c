/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Partition tables, GPT and MBR, on a disk of 32 sectors. What is refused is not
 * written to. What is accepted grows to the same end whether or not the power fails on
 * the way, and is not touched again then; a write never leaves the disk.
 *
 * The input: flags, the write during which the power fails, the partition's number, its
 * start; then sectors from the disk's start on, and after 4 of these, sectors up to its
 * end.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "data/crc32.h"
#include "data/le.h"
#include "grow/table_work.h"

enum {
	SECTOR_BYTES = 512,
	SECTORS = 32,
	DISK_BYTES = SECTORS * SECTOR_BYTES,
	HEAD_BYTES = 4 * SECTOR_BYTES,
	PARAMETERS = 4,
	FLAG_SEAL = 1 << 0, /* make the checksums right, as far as that goes */
	FOREVER = 1000,
};

struct memory {
	uint8_t *bytes;
	unsigned int writes_left;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static int read_bytes(void *userdata, uint64_t offset_bytes, void *to, size_t bytes)
{
	const struct memory *m = userdata;

	check(offset_bytes <= DISK_BYTES && bytes <= DISK_BYTES - offset_bytes);
	memcpy(to, m->bytes + offset_bytes, bytes);
	return 0;
}

static int write_bytes(
	void *userdata, uint64_t offset_bytes, const void *from, size_t bytes)
{
	struct memory *m = userdata;

	check(offset_bytes <= DISK_BYTES && bytes <= DISK_BYTES - offset_bytes);
	if (m->writes_left == 0)
		return -EIO;
	/* The last one is torn. */
	if (--m->writes_left == 0 && bytes > SECTOR_BYTES)
		bytes -= SECTOR_BYTES;
	memcpy(m->bytes + offset_bytes, from, bytes);
	return 0;
}

static int flush(void *userdata)
{
	const struct memory *m = userdata;

	return m->writes_left == 0 ? -EIO : 0;
}

static enum table_result grow(uint8_t *bytes, unsigned int writes_left,
	const struct table_request *want, struct table_plan *ret_plan)
{
	CLEANUP(freep) struct table_work *work = xmalloc(sizeof(*work));
	struct memory m = { .bytes = bytes, .writes_left = writes_left };
	const struct disk d = { .sectors = SECTORS,
		.sector_bytes = SECTOR_BYTES,
		.userdata = &m,
		.read = read_bytes,
		.write = write_bytes,
		.flush = flush };
	enum table_result result = table_plan_make(&d, want, work, ret_plan);

	check(ret_plan->count <= TABLE_WRITES_MOST);
	return result == TABLE_OK ? table_plan_write(&d, ret_plan) : result;
}

/* The header in `sector` gets the checksums of what is there. */
static void seal(uint8_t *disk, size_t sector)
{
	uint8_t *h = disk + sector * SECTOR_BYTES;
	uint64_t entries = le64_get(h + 72);
	uint64_t bytes = (uint64_t)le32_get(h + 80) * le32_get(h + 84);

	if (entries < SECTORS && bytes <= DISK_BYTES - entries * SECTOR_BYTES)
		le32_put(h + 88, crc32_add(0, disk + entries * SECTOR_BYTES, bytes));
	le32_put(h + 16, 0);
	if (le32_get(h + 12) <= SECTOR_BYTES)
		le32_put(h + 16, crc32_add(0, h, le32_get(h + 12)));
}

static void fill(uint8_t *disk, const uint8_t *data, size_t size)
{
	size_t head = size < HEAD_BYTES ? size : HEAD_BYTES, tail = size - head;

	if (tail > DISK_BYTES - HEAD_BYTES)
		tail = DISK_BYTES - HEAD_BYTES;
	memcpy(disk, data, head);
	memcpy(disk + DISK_BYTES - tail, data + head, tail);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(freep) uint8_t *disk = xcalloc(1, DISK_BYTES), *whole = NULL, *cut = NULL;
	struct table_plan plan, again;
	struct table_request want;
	enum table_result result;

	if (size < PARAMETERS)
		return 0;
	want = (struct table_request){ .number = data[2], .start_sector = data[3] };
	fill(disk, data + PARAMETERS, size - PARAMETERS);
	if (data[0] & FLAG_SEAL) {
		seal(disk, 1);
		seal(disk, SECTORS - 1);
	}
	whole = xmemdup(disk, DISK_BYTES);
	cut = xmemdup(disk, DISK_BYTES);
	result = grow(whole, FOREVER, &want, &plan);
	check(result != TABLE_IO);
	if (result != TABLE_OK) {
		check(plan.count == 0 && memcmp(whole, disk, DISK_BYTES) == 0);
		return 0;
	}
	check(plan.new_end_sector >= plan.old_end_sector &&
		plan.new_end_sector < SECTORS);
	check(grow(whole, FOREVER, &want, &again) == TABLE_OK && again.count == 0);
	check(again.new_end_sector == plan.new_end_sector);

	(void)grow(cut, data[1] % (TABLE_WRITES_MOST + 1), &want, &again);
	check(grow(cut, FOREVER, &want, &again) == TABLE_OK);
	check(memcmp(whole, cut, DISK_BYTES) == 0);
	return 0;
}
