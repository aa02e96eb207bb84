/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How long a block usually takes on its way, and from when on one is late: then the same
 * block is sent once more beside it, and the first answer counts.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct transfer_pace {
	uint64_t usual_ms; /* smoothed; 0: nothing is known */
	bool ending; /* the blocks under way are the last */
};

/* A block was done after `took_ms`; `hedged`: it was sent more than once, so that this is
 * rather what its late call was waited for. */
void transfer_pace_done(struct transfer_pace *p, uint64_t took_ms, bool hedged);

/*
 * How long after its beginning a block that was sent `hedges` times more is late again;
 * each time, twice as long is waited. At the end there is nothing else to send, and
 * everything waits for what is late: so it is earlier. UINT64_MAX: nothing is known yet.
 */
uint64_t transfer_pace_late_ms(const struct transfer_pace *p, unsigned int hedges);
