/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What "adaptive" adds to the standard retries: a rate that all of a client's requests
 * share. Nothing is held back until the service throttles; then a token bucket is
 * filled at a rate that falls with each throttled answer and recovers along the curve
 * of CUBIC (RFC 9438), as the SDKs do it. Time is given to it, as to the retries.
 *
 * By value, nothing to release.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct retry_rate {
	bool enabled;
	/* The token bucket. */
	double tokens, tokens_most;
	double fill_a_second;
	double filled_at_s;
	/* What is really sent, measured in slices of half a second. */
	double measured;
	double slice_at_s;
	unsigned int slice_count;
	/* The curve: the rate at the last throttling, and when it is reached again. */
	double rate_at_failure;
	double failed_at_s;
	double recovery_s;
};

void retry_rate_init(struct retry_rate *r, uint64_t now_ms);

/* 0 when a request may go out now, and is counted; else the milliseconds after which to
 * ask again. */
uint64_t retry_rate_acquire(struct retry_rate *r, uint64_t now_ms);

/* An answer, or the lack of one, is there. */
void retry_rate_note(struct retry_rate *r, uint64_t now_ms, bool throttled);
