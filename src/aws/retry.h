/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether a failed attempt is made again, and when: the "standard" mode of AWS's SDKs, as
 * one state machine. Time and random numbers are given to it, so it does nothing but
 * decide.
 *
 *	retry_begin(&r, &policy, deadline_ms);
 *	for (;;) {
 *		outcome = send it;
 *		if (outcome is good) { retry_succeeded(&r, &quota); break; }
 *		if (!retry_again(&r, &quota, &outcome, now, random, &wait)) break;
 *		wait that long;
 *	}
 *
 * A quota is shared by all operations of a client: when most of what is sent fails, fewer
 * and fewer things are tried again. What adaptive mode adds is in retry_rate.h.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "net/http_answer.h"

enum retry_mode { RETRY_STANDARD = 0, RETRY_ADAPTIVE };

struct retry_policy {
	enum retry_mode mode;
	unsigned int attempts_most; /* the first one included */
};

/*
 * From AWS_RETRY_MODE and AWS_MAX_ATTEMPTS, or a profile's retry_mode and max_attempts;
 * NULL where they are not set. "legacy" is taken for standard.
 */
int retry_policy_parse(const char *mode, const char *attempts, struct retry_policy *ret,
	struct error *err);

/* Tokens that retries cost and successes bring. */
struct retry_quota {
	unsigned int tokens;
};

enum { RETRY_QUOTA_TOKENS = 500 };
#define RETRY_QUOTA_INIT                     \
	{                                    \
		.tokens = RETRY_QUOTA_TOKENS \
	}

#define RETRY_AGE_OLD UINT64_MAX /* what was asked for is not of our making */

/* How an attempt ended. */
struct retry_outcome {
	enum http_failure failure;
	unsigned int status;
	const char *code; /* the service's error code, or NULL */
	const char *message; /* and its words, or NULL */
	/* What the answer's header asked us to wait; 0: nothing. */
	uint64_t retry_after_ms;
	/* Since the thing that was asked for was made: what is "not found" may only not
	 * be visible yet. */
	uint64_t age_ms;
	/* The answer's date tells that the attempt was signed with a wrong time, and that
	 * was corrected since. */
	bool clock_corrected;
	/* The credentials that it was signed with have been given up since. */
	bool keys_renewed;
};

/* How long what was just made may stay invisible: EBS speaks of two minutes. */
enum { RETRY_YOUNG_MS = 120000 };

enum retry_reason {
	RETRY_NOT = 0, /* would fail again */
	RETRY_TRANSIENT,
	RETRY_THROTTLED,
	RETRY_YOUNG, /* not visible yet */
	RETRY_CLOCK, /* signed with a wrong time */
	RETRY_KEYS, /* signed with credentials that had expired */
};

/* Whether the service may mean that the credentials have expired. */
bool retry_blames_keys(const char *code);

enum retry_reason retry_reason(const struct retry_outcome *o);

/* One operation; by value, nothing to release. */
struct retry {
	struct retry_policy policy;
	uint64_t deadline_ms; /* of all attempts together; 0: none */
	unsigned int attempt; /* the one that is under way, from 1 */
	unsigned int young_waits;
	bool clock_used, keys_used;
	unsigned int held_tokens;
	const char
		*gave_up; /* why a failure that could be retried was not: for messages */
};

void retry_begin(
	struct retry *r, const struct retry_policy *policy, uint64_t deadline_ms);

/*
 * After a failure: true when to try again, *ret_wait_ms from now. `random` is in [0, 1).
 */
bool retry_again(struct retry *r, struct retry_quota *quota,
	const struct retry_outcome *o, uint64_t now_ms, double random,
	uint64_t *ret_wait_ms);

void retry_succeeded(const struct retry *r, struct retry_quota *quota);

/* The wait that headers ask for: x-amz-retry-after (milliseconds) goes before Retry-After
 * (seconds). Either may be NULL; what is no number is ignored. */
uint64_t retry_after_parse(const char *amz_ms, const char *seconds);
