/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How often an action of EC2 may be called: EC2 counts the requests of an account in a
 * region, each action by itself, with token buckets whose sizes are documented. Here are
 * the same buckets, so that a request waits instead of being refused. A tenth of each
 * stays free: what leaves us evenly may arrive closer together. (What others of the same
 * account do is not known here: for that there are the retries.)
 *
 * Time is given to it, so it does nothing but decide. By value; zeroes, nothing to
 * release.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { ACTION_RATE_ACTIONS_MOST = 32 }; /* more than the program knows */

/* Of one action that was called. */
struct action_bucket {
	const char *action;
	uint32_t most_tokens, fill_a_second;
	uint64_t millitokens;
	uint64_t filled_at_ms;
};

struct action_rate {
	struct action_bucket buckets[ACTION_RATE_ACTIONS_MOST];
	size_t count;
};

/*
 * 0 when a request of the action may go out now, and is counted; else the milliseconds
 * after which to ask again. `action` is kept: the name of a static table.
 */
uint64_t action_rate_acquire(struct action_rate *r, const char *action, uint64_t now_ms);
