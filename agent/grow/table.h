/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Growing a partition to the end of its disk, by rewriting the partition table: GUID or
 * MBR. First a plan is made, which only reads; then its writes are done, one after
 * another, each flushed before the next. Whenever the power fails, firmware and kernel
 * find a valid table with either the old or the new end, and the next run ends where
 * this one would have.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "grow/disk.h"

enum table_result {
	TABLE_OK = 0,
	TABLE_IO, /* the disk failed; see table_plan.error */
	TABLE_NONE,
	TABLE_DAMAGED,
	TABLE_HYBRID,
	TABLE_ODD,
	TABLE_SHORT_DISK,
	TABLE_MISMATCH,
	TABLE_OVERLAP,
	TABLE_NOT_LAST,
	TABLE_LOGICAL,
};

/* What it means, as the end of "not grown: …". Static. */
const char *table_result_text(enum table_result result);

struct table_request {
	unsigned int number; /* of the partition, from 1 */
	uint64_t start_sector; /* where the kernel says that it starts */
};

/* Whole sectors. A write of one is taken to happen or not to; one of more may be torn. */
struct table_write {
	uint64_t sector;
	const uint8_t *data;
	size_t bytes;
};

enum { TABLE_WRITES_MOST = 8 };

struct table_plan {
	struct table_write writes[TABLE_WRITES_MOST];
	unsigned int count; /* 0: all is as it should be */
	uint64_t old_end_sector; /* the partition's last, before and after */
	uint64_t new_end_sector;
	int error; /* -errno */
};

/*
 * Room for the tables that are read and for what shall be written: some 125 KiB. Plans
 * point into it.
 */
struct table_work;

/* For anything but TABLE_OK the plan is empty, `error` apart. */
enum table_result table_plan_make(const struct disk *d, const struct table_request *want,
	struct table_work *work, struct table_plan *ret);

/* TABLE_OK or TABLE_IO; where a write failed, those after it are not done. */
enum table_result table_plan_write(const struct disk *d, struct table_plan *plan);

/* For planners. */
void table_plan_add(
	struct table_plan *plan, uint64_t sector, const uint8_t *data, size_t bytes);

/* The last sector of the last whole MiB that ends at or before `last`. */
uint64_t table_aligned_end(const struct disk *d, uint64_t last);
