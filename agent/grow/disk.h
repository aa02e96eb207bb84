/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A disk as the partition tables see it: so many sectors, read, written and flushed by
 * the caller's functions. On a machine these are system calls; in the tests the power
 * fails between any two of them.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { DISK_SECTOR_MOST_BYTES = 4096 };

struct disk {
	uint64_t sectors; /* of the device as it is now */
	uint32_t sector_bytes; /* logical: 512 or 4096 */
	void *userdata;
	/*
	 * 0 or -errno; the whole range or an error. A write need not last before a
	 * flush.
	 */
	int (*read)(void *userdata, uint64_t offset_bytes, void *to, size_t bytes);
	int (*write)(
		void *userdata, uint64_t offset_bytes, const void *from, size_t bytes);
	int (*flush)(void *userdata);
};

static inline int disk_read(const struct disk *d, uint64_t sector, void *to, size_t bytes)
{
	return d->read(d->userdata, sector * d->sector_bytes, to, bytes);
}
