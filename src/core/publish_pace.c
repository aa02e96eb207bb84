/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/publish_pace.h"

#include "aws/ebs.h"

enum { MS = 1000 };

const struct pace paces[PACE_ITEMS] = {
	[PACE_COPY] = { "any copy, in seconds", 180, "2025-11",
		"Bottlerocket's twoliter, issue 603: three minutes were too few" },
	[PACE_COPY_BLOCKS] = { "blocks that are copied in a second", 1000, "2026-11",
		"EBS user guide, Time-based copies: 500 MiB/s of one snapshot" },
	[PACE_SEND] = { "any snapshot that is sent, in seconds", 10, "2025-11",
		"NixOS' amis, issue 123: 10 s, the blocks of more than 1 GiB included" },
	[PACE_BLOCK] = { "a block on one connection, in milliseconds", 100, "2026-11",
		"EBS user guide, Optimize performance for EBS direct APIs" },
	[PACE_LINK] = { "the link of which nothing is said, in MiB/s", 12, "2026-11",
		"an assumption: a line of 100 Mbit/s; publish.link says better" },
};

static uint64_t divide_up(uint64_t a, uint64_t b)
{
	return (a + b - 1) / b;
}

struct pace_load pace_load_whole(uint64_t blocks, size_t regions)
{
	return (struct pace_load){
		.blocks = blocks,
		.regions = regions,
		.fetched_blocks = regions ? blocks : 0,
		.sent_blocks = blocks * regions,
		.most_blocks = regions ? blocks : 0,
	};
}

/* So many blocks in one direction: the link, and what the connections of one region do,
 * with so many blocks in each of so many rounds. */
static uint64_t move_s(
	uint64_t blocks, uint64_t round_blocks, size_t rounds, uint64_t link_bytes_s)
{
	const uint64_t link_s = divide_up(blocks * EBS_BLOCK_BYTES, link_bytes_s);
	const uint64_t region_s =
		divide_up(round_blocks * rounds * paces[PACE_BLOCK].value,
			(uint64_t)PACE_CONNECTIONS * MS);

	return link_s > region_s ? link_s : region_s;
}

void pace_estimate(
	const struct pace_load *load, uint64_t link_bytes_s, struct pace_estimate *ret)
{
	const size_t rounds = (load->regions + PACE_SENDS_MOST - 1) / PACE_SENDS_MOST;
	const uint64_t fetched = load->fetched_blocks;

	*ret = (struct pace_estimate){ .load = *load };
	if (!link_bytes_s)
		link_bytes_s = paces[PACE_LINK].value * MIB;
	if (!load->regions)
		return;
	ret->copy_s = paces[PACE_COPY].value +
		      divide_up(load->blocks, paces[PACE_COPY_BLOCKS].value);
	ret->send_s = paces[PACE_SEND].value * rounds +
		      move_s(fetched, fetched, 1, link_bytes_s) +
		      move_s(load->sent_blocks, load->most_blocks, rounds, link_bytes_s);
}

bool pace_sends(const struct pace_estimate *e)
{
	return e->load.regions > 0 && e->send_s < e->copy_s;
}
