/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/transfer_window.h"

enum {
	ROUND_LEAST_MS = 100, /* less tells nothing about a rate */
	SETTLED_ROUNDS = 8, /* between two tries */
};

/* More are worth their memory only when they bring this much. */
static const double gain_least = 1.05;

static void begin_round(struct transfer_window *w, uint64_t now_ms)
{
	w->round_begin_ms = now_ms;
	w->done = 0;
	w->wanted = 2 * w->limit;
	w->was_cut = false;
}

void transfer_window_init(struct transfer_window *w, uint64_t now_ms)
{
	*w = (struct transfer_window){ .limit = TRANSFER_WINDOW_FIRST,
		.before = TRANSFER_WINDOW_FIRST };
	begin_round(w, now_ms);
}

static void try_more(struct transfer_window *w, double rate)
{
	unsigned int more = w->is_settled ? w->limit / 4 + 1 : w->limit;

	w->before = w->limit;
	w->rate_before = rate;
	w->limit += more;
	if (w->limit > TRANSFER_WINDOW_MOST)
		w->limit = TRANSFER_WINDOW_MOST;
}

static void end_round(struct transfer_window *w, double rate)
{
	if (w->limit > w->before && rate < w->rate_before * gain_least) {
		/* The last raise has brought nothing. */
		w->limit = w->before;
		w->is_settled = true;
		w->rounds_to_wait = SETTLED_ROUNDS;
	} else if (w->rounds_to_wait) {
		w->rounds_to_wait--;
		w->before = w->limit;
	} else {
		try_more(w, rate);
	}
}

void transfer_window_done(struct transfer_window *w, uint64_t now_ms)
{
	uint64_t took_ms = now_ms - w->round_begin_ms;

	w->done++;
	if (w->done < w->wanted || took_ms < ROUND_LEAST_MS)
		return;
	if (!w->was_cut)
		end_round(w, w->done * 1000.0 / (double)took_ms);
	begin_round(w, now_ms);
}

void transfer_window_cut(struct transfer_window *w, uint64_t now_ms)
{
	if (w->was_cut)
		return;
	w->limit = w->limit > 1 ? w->limit / 2 : 1;
	w->before = w->limit;
	w->is_settled = true;
	w->rounds_to_wait = 2;
	begin_round(w, now_ms);
	w->was_cut = true;
}
