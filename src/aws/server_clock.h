/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How far a service's clock is from ours: signatures are good for a few minutes around
 * the service's time. By value; zero is no difference.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct server_clock {
	int64_t ahead_s; /* of ours */
};

time_t server_clock_now(const struct server_clock *c);

/*
 * An answer's Date (RFC 9110, 5.6.7; NULL: it had none), to a request that was signed
 * when the clock was believed to be `signed_ahead_s` ahead. True when that was so wrong
 * that the signature may have failed for it; the clock follows the answer then.
 */
bool server_clock_correct(
	struct server_clock *c, int64_t signed_ahead_s, const char *date);

/* The same where our clock shows now_s. */
bool server_clock_correct_at(
	struct server_clock *c, int64_t now_s, int64_t signed_ahead_s, const char *date);
