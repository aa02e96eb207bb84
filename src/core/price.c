/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/price.h"

#include <string.h>

enum { BLOCKS_IN_GIB = 2048 };

const char prices_region[] = "us-east-1";

const struct price prices[PRICE_ITEMS] = {
	[PRICE_PUT_BLOCKS] = { "sending blocks", 6000, 1000, "2026-11",
		"EBS user guide, Pricing for EBS direct APIs" },
	[PRICE_GET_BLOCKS] = { "fetching blocks", 3000, 1000, "2026-11",
		"EBS user guide, Pricing for EBS direct APIs" },
	[PRICE_SNAPSHOT_MONTH] = { "storing snapshots, each month", 50000, BLOCKS_IN_GIB,
		"2026-11", "Amazon EBS pricing, Snapshots, Standard" },
	[PRICE_COPY] = { "copying to other regions", 20000, BLOCKS_IN_GIB, "2026-11",
		"Amazon EC2 On-Demand pricing, Data Transfer" },
};

/* ISO 8601 sorts as it is. */
const char *prices_oldest(void)
{
	const char *oldest = prices[0].date;

	for (unsigned int i = 1; i < PRICE_ITEMS; i++)
		if (strcmp(prices[i].date, oldest) < 0)
			oldest = prices[i].date;
	return oldest;
}

uint64_t price_of(enum price_item item, uint64_t blocks)
{
	const struct price *p = &prices[item];

	return (blocks * p->micro_dollars + p->blocks - 1) / p->blocks;
}
