/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How many blocks are under way at once. Starts small, doubles as long as that brings
 * throughput, then tries a few more now and then and keeps them where they help; halves
 * when the service throttles. Time is given to it, so it does nothing but decide.
 *
 * By value; transfer_window_init(), nothing to release.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { TRANSFER_WINDOW_FIRST = 4, TRANSFER_WINDOW_MOST = 64 };

struct transfer_window {
	unsigned int limit; /* blocks that may be under way now */
	unsigned int before; /* the limit that the current one is measured against */
	double rate_before; /* blocks a second at that one; 0: not measured */
	uint64_t round_begin_ms; /* a round is a limit's worth of blocks */
	unsigned int done, wanted; /* blocks of the round */
	bool is_settled; /* doubling is over */
	unsigned int rounds_to_wait; /* before more are tried again */
	bool was_cut; /* in this round */
};

void transfer_window_init(struct transfer_window *w, uint64_t now_ms);

/* One block arrived. */
void transfer_window_done(struct transfer_window *w, uint64_t now_ms);

/* One was throttled, or came to nothing. Counts once a round. */
void transfer_window_cut(struct transfer_window *w, uint64_t now_ms);
