/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/price.h"

enum { BLOCKS_IN_GIB = 2048 };

const char prices_date[] = "2026-11", prices_region[] = "us-east-1";

const struct price prices[PRICE_ITEMS] = {
	[PRICE_PUT_BLOCKS] = { "sending blocks", 6000, 1000,
		"EBS user guide, Pricing for EBS direct APIs" },
	[PRICE_SNAPSHOT_MONTH] = { "storing snapshots, each month", 50000, BLOCKS_IN_GIB,
		"Amazon EBS pricing, Snapshots, Standard" },
	[PRICE_COPY] = { "copying to other regions", 20000, BLOCKS_IN_GIB,
		"Amazon EC2 On-Demand pricing, Data Transfer" },
};

uint64_t price_of(enum price_item item, uint64_t blocks)
{
	const struct price *p = &prices[item];

	return (blocks * p->micro_dollars + p->blocks - 1) / p->blocks;
}
