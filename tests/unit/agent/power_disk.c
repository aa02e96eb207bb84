/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "power_disk.h"

#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"

enum { HOLE_BYTES = 4096 };

static int read_bytes(void *userdata, uint64_t offset_bytes, void *to, size_t bytes)
{
	const struct power_disk *p = userdata;

	if (offset_bytes > p->size_bytes || bytes > p->size_bytes - offset_bytes)
		return -EIO;
	memcpy(to, p->bytes + offset_bytes, bytes);
	return 0;
}

static bool is_written(enum tear tear, size_t sector, size_t sectors)
{
	switch (tear) {
	case TEAR_FIRST_HALF:
		return sector < sectors / 2;
	case TEAR_SECOND_HALF:
		return sector >= sectors / 2;
	case TEAR_ODD:
		return sector % 2;
	default:
		return true;
	}
}

static int write_bytes(
	void *userdata, uint64_t offset_bytes, const void *from, size_t bytes)
{
	struct power_disk *p = userdata;
	size_t unit = p->disk.sector_bytes, sectors = bytes / unit;
	bool last = p->writes_left == 1;

	p->off |= p->writes_left == 0;
	if (p->off || offset_bytes > p->size_bytes ||
		bytes > p->size_bytes - offset_bytes)
		return -EIO;
	p->unflushed |= p->dirty;
	p->dirty = true;
	p->writes_left--;
	for (size_t i = 0; i < sectors; i++)
		if (!last || sectors == 1 || is_written(p->tear, i, sectors))
			memcpy(p->bytes + offset_bytes + i * unit,
				(const uint8_t *)from + i * unit, unit);
	p->off = last;
	return 0;
}

static int flush(void *userdata)
{
	struct power_disk *p = userdata;

	p->dirty = false;
	return p->off ? -EIO : 0;
}

void power_disk_init(struct power_disk *p, uint32_t sector_bytes, const uint8_t *bytes,
	size_t size_bytes)
{
	*p = (struct power_disk){
		.disk = { .sectors = size_bytes / sector_bytes,
			.sector_bytes = sector_bytes,
			.userdata = p,
			.read = read_bytes,
			.write = write_bytes,
			.flush = flush },
		.bytes = xmemdup(bytes, size_bytes),
		.size_bytes = size_bytes,
		.writes_left = FOREVER,
	};
}

void power_disk_release(struct power_disk *p)
{
	free(p->bytes);
	p->bytes = NULL;
}

enum table_result power_disk_grow(struct power_disk *p, const struct table_request *want,
	struct table_plan *ret_plan)
{
	struct table_work *work = xmalloc(sizeof(*work));
	enum table_result result;

	/* What is not filled is not zero either. */
	memset(work, 0xa5, sizeof(*work));
	result = table_plan_make(&p->disk, want, work, ret_plan);
	if (result == TABLE_OK)
		result = table_plan_write(&p->disk, ret_plan);
	free(work);
	return result;
}

static bool is_zero(const uint8_t *bytes, size_t length_bytes)
{
	return bytes[0] == 0 && memcmp(bytes, bytes + 1, length_bytes - 1) == 0;
}

void power_disk_save(const struct power_disk *p, const char *dir, const char *name)
{
	CLEANUP(freep) char *path = path_join(dir, name);
	CLEANUP(fd_closep)
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_return_code(fd, errno);
	assert_return_code(ftruncate(fd, (off_t)p->size_bytes), errno);
	for (size_t at = 0; at < p->size_bytes; at += HOLE_BYTES) {
		size_t part = p->size_bytes - at;

		if (part > HOLE_BYTES)
			part = HOLE_BYTES;
		if (!is_zero(p->bytes + at, part))
			assert_int_equal(
				pwrite(fd, p->bytes + at, part, (off_t)at), part);
	}
}
