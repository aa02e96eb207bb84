/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A disk in memory whose power fails: after so many writes, or in the middle of one, with
 * some of its sectors written and others not.
 */
#pragma once

#include <stdbool.h>

#include "grow/disk.h"
#include "grow/table_work.h"

enum tear { TEAR_NONE = 0, TEAR_FIRST_HALF, TEAR_SECOND_HALF, TEAR_ODD, TEARS };

struct power_disk {
	struct disk disk;
	uint8_t *bytes;
	size_t size_bytes;
	unsigned int writes_left; /* the power fails after these, or during the last */
	enum tear tear; /* what is left of the last one, where it has several sectors */
	bool off;
	bool unflushed; /* a write came before the one before it was flushed */
	bool dirty;
};

/*
 * The disk takes a copy; power_disk_release() frees it. Reads beyond `size_bytes`, on a
 * disk that says to have more sectors, fail.
 */
void power_disk_init(struct power_disk *p, uint32_t sector_bytes, const uint8_t *bytes,
	size_t size_bytes);
void power_disk_release(struct power_disk *p);

/* Plan and write. The plan's data is gone afterwards. */
enum table_result power_disk_grow(struct power_disk *p, const struct table_request *want,
	struct table_plan *ret_plan);

/* As a file `name` in `dir`, with holes where there are zeros. */
void power_disk_save(const struct power_disk *p, const char *dir, const char *name);

enum { FOREVER = 1000 };
