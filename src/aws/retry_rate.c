/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/retry_rate.h"

#include <math.h>

/* The SDKs' constants: CUBIC's C and beta, the weight of the newest slice. */
static const double scale = 0.4, beta = 0.7, smoothing = 0.8;
static const double slice_s = 0.5;
static const double fill_least = 0.5;
static const double above_measured_most = 2.0;

static double seconds(uint64_t ms)
{
	return (double)ms / 1000;
}

static void refill(struct retry_rate *r, double now)
{
	r->tokens += (now - r->filled_at_s) * r->fill_a_second;
	if (r->tokens > r->tokens_most)
		r->tokens = r->tokens_most;
	r->filled_at_s = now;
}

static void set_fill(struct retry_rate *r, double rate, double now)
{
	refill(r, now);
	r->fill_a_second = rate > fill_least ? rate : fill_least;
	r->tokens_most = rate > 1 ? rate : 1;
	if (r->tokens > r->tokens_most)
		r->tokens = r->tokens_most;
}

void retry_rate_init(struct retry_rate *r, uint64_t now_ms)
{
	double now = seconds(now_ms);

	*r = (struct retry_rate){
		.fill_a_second = 1,
		.tokens_most = 1,
		.filled_at_s = now,
		.slice_at_s = floor(now),
		.failed_at_s = now,
	};
}

uint64_t retry_rate_acquire(struct retry_rate *r, uint64_t now_ms)
{
	if (!r->enabled)
		return 0;
	refill(r, seconds(now_ms));
	if (r->tokens >= 1) {
		r->tokens -= 1;
		return 0;
	}
	return (uint64_t)ceil((1 - r->tokens) / r->fill_a_second * 1000);
}

static void measure(struct retry_rate *r, double now)
{
	double slice = floor(now / slice_s) * slice_s;

	r->slice_count++;
	if (slice <= r->slice_at_s)
		return;
	r->measured = smoothing * r->slice_count / (slice - r->slice_at_s) +
		      (1 - smoothing) * r->measured;
	r->slice_count = 0;
	r->slice_at_s = slice;
}

void retry_rate_note(struct retry_rate *r, uint64_t now_ms, bool throttled)
{
	double now = seconds(now_ms), rate, past;

	measure(r, now);
	if (throttled) {
		rate = r->measured;
		if (r->enabled && r->fill_a_second < rate)
			rate = r->fill_a_second;
		r->rate_at_failure = rate;
		r->recovery_s = cbrt(rate * (1 - beta) / scale);
		r->failed_at_s = now;
		r->enabled = true;
		rate *= beta;
	} else {
		past = now - r->failed_at_s - r->recovery_s;
		rate = scale * past * past * past + r->rate_at_failure;
	}
	if (rate > above_measured_most * r->measured)
		rate = above_measured_most * r->measured;
	set_fill(r, rate, now);
}
