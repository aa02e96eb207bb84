/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What AWS asks for, as far as a plan speaks of it: one table, each row with the
 * date at which it was so and where that is said. Prices differ by region and change;
 * these are examples to compare ways by, not a bill.
 */
#pragma once

#include <stdint.h>

enum price_item {
	PRICE_PUT_BLOCKS, /* PutSnapshotBlock, for 1000 blocks */
	PRICE_GET_BLOCKS, /* GetSnapshotBlock, for 1000; without the way out of AWS */
	PRICE_SNAPSHOT_MONTH, /* a GiB of a snapshot, for a month */
	PRICE_COPY, /* a GiB sent from one region to another */
	PRICE_ITEMS,
};

struct price {
	const char *what;
	uint64_t micro_dollars; /* for one unit */
	uint64_t blocks; /* of EBS_BLOCK_BYTES, in a unit */
	const char *date; /* "2026-11" */
	const char *source;
};

extern const struct price prices[PRICE_ITEMS];
extern const char prices_region[];

const char *prices_oldest(void); /* the date of the row that is longest ago */

/* For so many blocks, in millionths of a dollar, rounded up. */
uint64_t price_of(enum price_item item, uint64_t blocks);
