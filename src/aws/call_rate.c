/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/call_rate.h"

uint64_t call_rate_acquire(
	struct call_rate *r, const char *action, bool *has_turn, uint64_t now_ms)
{
	uint64_t wait = *has_turn ? 0 : retry_rate_acquire(&r->retries, now_ms);

	if (wait)
		return wait;
	if (r->counts_actions)
		wait = action_rate_acquire(&r->actions, action, now_ms);
	*has_turn = wait > 0;
	return wait;
}
