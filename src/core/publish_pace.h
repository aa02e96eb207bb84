/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How long an image takes to other regions, by CopyImage or by sending its blocks there:
 * one table, each row with the date at which it was so and where that is said. AWS
 * promises no time for either; these are to choose a way by.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum pace_item {
	PACE_COPY, /* seconds that any copy takes */
	PACE_COPY_BLOCKS, /* blocks a second that a copy moves at most */
	PACE_SEND, /* seconds that any snapshot takes to be started and completed */
	PACE_BLOCK, /* milliseconds for a block on one connection */
	PACE_LINK, /* MiB a second of a link of which nothing is said */
	PACE_ITEMS,
};

struct pace {
	const char *what;
	uint64_t value;
	const char *date; /* "2026-11" */
	const char *source;
};

extern const struct pace paces[PACE_ITEMS];

enum {
	PACE_CONNECTIONS = 64, /* of a client in another region */
	PACE_SENDS_MOST = 4, /* regions that are sent to at once */
};

/* What there is to be moved. */
struct pace_load {
	uint64_t blocks; /* that the image has: a copy moves them all */
	size_t regions; /* where nothing is there yet */
	uint64_t fetched_blocks; /* to send: from where it is */
	uint64_t sent_blocks; /* to all of the regions together */
	uint64_t most_blocks; /* to one of them */
};

/* All blocks, to each region. */
struct pace_load pace_load_whole(uint64_t blocks, size_t regions);

/* Both ways, in seconds. */
struct pace_estimate {
	struct pace_load load;
	uint64_t copy_s, send_s;
};

/*
 * All copies go on at once. To send, blocks are fetched once and go to each region over
 * one link, of so many bytes a second in each direction; 0: nothing is said of it.
 */
void pace_estimate(
	const struct pace_load *load, uint64_t link_bytes_s, struct pace_estimate *ret);

/* A copy costs this machine nothing: at the same time, it is copied. */
bool pace_sends(const struct pace_estimate *e);
