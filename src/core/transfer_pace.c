/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/transfer_pace.h"

enum {
	LATE_LEAST_MS = 50,
	LATE_TIMES = 4, /* as long as usual */
	LATE_TIMES_ENDING = 2,
	SMOOTHING = 8,
};

void transfer_pace_done(struct transfer_pace *p, uint64_t took_ms, bool hedged)
{
	/* It says that blocks are slow, but not how slow. */
	if (hedged && p->usual_ms && took_ms > 2 * p->usual_ms)
		took_ms = 2 * p->usual_ms;
	p->usual_ms =
		1 + (p->usual_ms ? ((SMOOTHING - 1) * p->usual_ms + took_ms) / SMOOTHING
				 : took_ms);
}

uint64_t transfer_pace_late_ms(const struct transfer_pace *p, unsigned int hedges)
{
	uint64_t wait = p->usual_ms * (p->ending ? LATE_TIMES_ENDING : LATE_TIMES);

	if (!p->usual_ms)
		return UINT64_MAX;
	if (wait < LATE_LEAST_MS)
		wait = LATE_LEAST_MS;
	return wait * ((UINT64_C(2) << hedges) - 1);
}
