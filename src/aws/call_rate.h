/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When an attempt of a client may go out: both the rate of the retries and that of its
 * action have to let it. Time is given to it. By value: zeroes, retry_rate_init();
 * nothing to release.
 */
#pragma once

#include <stdbool.h>

#include "aws/action_rate.h"
#include "aws/retry_rate.h"

struct call_rate {
	struct retry_rate retries; /* that is told of no answer holds nothing back */
	struct action_rate actions;
	bool counts_actions; /* EC2's, whose limits are documented */
};

/*
 * 0 when an attempt may go out now, and is counted; else the milliseconds after which to
 * ask again. *has_turn is the attempt's own, false at first: the retries' rate has
 * counted it, and it waits for its action alone.
 */
uint64_t call_rate_acquire(
	struct call_rate *r, const char *action, bool *has_turn, uint64_t now_ms);
