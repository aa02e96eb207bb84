/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/retry.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"

/* The numbers of the SDKs' standard mode. */
enum {
	ATTEMPTS_DEFAULT = 3,
	BACKOFF_MOST_MS = 20000,
	RETRY_AFTER_MORE_MS = 5000, /* how far a header may stretch a wait */
	COST = 5,
	COST_OF_TIMEOUT = 10,
	GAIN = 1, /* of a success at the first attempt */
};

/* The steps in which what was just made is looked for. */
enum { YOUNG_FIRST_MS = 300, YOUNG_MOST_MS = 5000 };

/* Error codes; which of them the SDKs retry is the same in all. */
static const struct {
	const char *code;
	const char *message; /* only with this one */
	enum retry_reason reason;
} codes[] = {
	{ "RequestTimeout", NULL, RETRY_TRANSIENT },
	{ "RequestTimeoutException", NULL, RETRY_TRANSIENT },
	{ "PriorRequestNotComplete", NULL, RETRY_TRANSIENT },
	/* EBS: the one ValidationException that its guide says to retry. */
	{ "ValidationException", "Failed to read block data", RETRY_TRANSIENT },

	{ "BandwidthLimitExceeded", NULL, RETRY_THROTTLED },
	{ "EC2ThrottledException", NULL, RETRY_THROTTLED },
	{ "LimitExceededException", NULL, RETRY_THROTTLED },
	{ "ProvisionedThroughputExceededException", NULL, RETRY_THROTTLED },
	{ "RequestLimitExceeded", NULL, RETRY_THROTTLED },
	{ "RequestThrottled", NULL, RETRY_THROTTLED },
	{ "RequestThrottledException", NULL, RETRY_THROTTLED },
	{ "SlowDown", NULL, RETRY_THROTTLED },
	{ "ThrottledException", NULL, RETRY_THROTTLED },
	{ "Throttling", NULL, RETRY_THROTTLED },
	{ "ThrottlingException", NULL, RETRY_THROTTLED },
	{ "TooManyRequestsException", NULL, RETRY_THROTTLED },
	{ "TransactionInProgressException", NULL, RETRY_THROTTLED },

	{ "AuthFailure", NULL, RETRY_CLOCK },
	{ "InvalidSignatureException", NULL, RETRY_CLOCK },
	{ "RequestExpired", NULL, RETRY_CLOCK },
	{ "RequestInTheFuture", NULL, RETRY_CLOCK },
	{ "RequestTimeTooSkewed", NULL, RETRY_CLOCK },
	{ "SignatureDoesNotMatch", NULL, RETRY_CLOCK },

	{ "ExpiredToken", NULL, RETRY_KEYS },
	{ "ExpiredTokenException", NULL, RETRY_KEYS },

	{ "ResourceNotFoundException", NULL, RETRY_YOUNG },
};

bool retry_blames_keys(const char *code)
{
	/* EC2 says the last one of a wrong clock and of expired credentials. */
	return code &&
	       (!strcmp(code, "ExpiredToken") || !strcmp(code, "ExpiredTokenException") ||
		       !strcmp(code, "RequestExpired"));
}

static bool is_transient_failure(enum http_failure failure)
{
	switch (failure) {
	case HTTP_NOT_RESOLVED:
	case HTTP_NOT_CONNECTED:
	case HTTP_STALLED:
	case HTTP_TOO_SLOW:
	case HTTP_CUT_SHORT:
		return true;
	/* These would come back: a certificate, a cap, no server of HTTP, our side. */
	case HTTP_ANSWERED:
	case HTTP_TLS_REFUSED:
	case HTTP_TOO_BIG:
	case HTTP_NOT_HTTP:
	case HTTP_BODY_FAILED:
	case HTTP_SETUP_FAILED:
		break;
	}
	return false;
}

static bool is_timeout(enum http_failure failure)
{
	return failure == HTTP_STALLED || failure == HTTP_TOO_SLOW;
}

/* InvalidSnapshot.NotFound, InvalidAMIID.NotFound, … */
static bool ends_in_not_found(const char *code)
{
	return *code && text_ends_with(code + 1, ".NotFound");
}

static enum retry_reason reason_of_code(const struct retry_outcome *o)
{
	enum retry_reason reason = RETRY_NOT;

	if (!o->code)
		return RETRY_NOT;
	for (size_t i = 0; i < ARRAY_SIZE(codes); i++)
		if (strcmp(codes[i].code, o->code) == 0 &&
			(!codes[i].message ||
				(o->message && strstr(o->message, codes[i].message))))
			reason = codes[i].reason;
	if (ends_in_not_found(o->code))
		reason = RETRY_YOUNG;
	if (reason == RETRY_YOUNG && o->age_ms >= RETRY_YOUNG_MS)
		return RETRY_NOT;
	if (reason == RETRY_CLOCK && !o->clock_corrected)
		reason = retry_blames_keys(o->code) ? RETRY_KEYS : RETRY_NOT;
	if (reason == RETRY_KEYS && !o->keys_renewed)
		return RETRY_NOT;
	return reason;
}

enum retry_reason retry_reason(const struct retry_outcome *o)
{
	enum retry_reason reason;

	if (o->failure != HTTP_ANSWERED)
		return is_transient_failure(o->failure) ? RETRY_TRANSIENT : RETRY_NOT;
	reason = reason_of_code(o);
	if (reason != RETRY_NOT)
		return reason;
	switch (o->status) {
	case 500:
	case 502:
	case 503:
	case 504:
		return RETRY_TRANSIENT;
	default:
		return RETRY_NOT;
	}
}

int retry_policy_parse(const char *mode, const char *attempts, struct retry_policy *ret,
	struct error *err)
{
	struct retry_policy p = { RETRY_STANDARD, ATTEMPTS_DEFAULT };
	char *end;
	unsigned long number;

	if (mode && strcmp(mode, "adaptive") == 0)
		p.mode = RETRY_ADAPTIVE;
	else if (mode && strcmp(mode, "standard") != 0 && strcmp(mode, "legacy") != 0)
		return error_set(err, ERR_USAGE, 0,
			"AWS_RETRY_MODE is '%s': it has to be standard or adaptive",
			mode);
	if (attempts) {
		number = strtoul(attempts, &end, 10);
		if (*attempts < '0' || *attempts > '9' || *end || !number ||
			number > 1000)
			return error_set(err, ERR_USAGE, 0,
				"AWS_MAX_ATTEMPTS is '%s': it has to be a number from 1 "
				"to "
				"1000",
				attempts);
		p.attempts_most = (unsigned int)number;
	}
	*ret = p;
	return 0;
}

void retry_begin(struct retry *r, const struct retry_policy *policy, uint64_t deadline_ms)
{
	*r = (struct retry){
		.policy = *policy, .deadline_ms = deadline_ms, .attempt = 1
	};
}

static uint64_t doubled(uint64_t first_ms, unsigned int times, uint64_t most_ms)
{
	return times >= 20 || first_ms << times > most_ms ? most_ms : first_ms << times;
}

/* Truncated exponential backoff with full jitter, stretched to what a header asks for. */
static uint64_t backoff_ms(
	const struct retry *r, const struct retry_outcome *o, double random)
{
	uint64_t most = doubled(1000, r->attempt - 1, BACKOFF_MOST_MS);
	uint64_t wait = (uint64_t)(random * (double)most);
	uint64_t asked = o->retry_after_ms;

	if (asked > wait + RETRY_AFTER_MORE_MS)
		asked = wait + RETRY_AFTER_MORE_MS;
	return asked > wait ? asked : wait;
}

static bool give_up(struct retry *r, const char *why)
{
	r->gave_up = why;
	return false;
}

/* Counts the attempt and pays for the next. */
static bool pay(struct retry *r, struct retry_quota *quota, const struct retry_outcome *o)
{
	unsigned int cost = is_timeout(o->failure) ? COST_OF_TIMEOUT : COST;

	if (r->attempt >= r->policy.attempts_most)
		return give_up(r, "all attempts failed");
	if (quota->tokens < cost)
		return give_up(r, "too much has failed lately to try again");
	quota->tokens -= cost;
	r->held_tokens = cost;
	r->attempt++;
	return true;
}

bool retry_again(struct retry *r, struct retry_quota *quota,
	const struct retry_outcome *o, uint64_t now_ms, double random,
	uint64_t *ret_wait_ms)
{
	enum retry_reason reason = retry_reason(o);
	uint64_t wait = 0;

	r->gave_up = NULL;
	if (reason == RETRY_NOT || (reason == RETRY_CLOCK && r->clock_used) ||
		(reason == RETRY_KEYS && r->keys_used))
		return false;
	if (reason == RETRY_YOUNG)
		/* Between half and all of the step: many that wait do not ask in step. */
		wait = (uint64_t)((0.5 + random / 2) * (double)doubled(YOUNG_FIRST_MS,
							       r->young_waits,
							       YOUNG_MOST_MS));
	else if (reason != RETRY_CLOCK && reason != RETRY_KEYS)
		wait = backoff_ms(r, o, random);
	if (r->deadline_ms && now_ms + wait >= r->deadline_ms)
		return give_up(r, "its time is up");
	/* A wait for what is young is bounded by its age; a wrong clock and old keys are
	 * put right once. None of them says that the service is in trouble. */
	if (reason == RETRY_YOUNG)
		r->young_waits++;
	else if (reason == RETRY_CLOCK)
		r->clock_used = true;
	else if (reason == RETRY_KEYS)
		r->keys_used = true;
	else if (!pay(r, quota, o))
		return false;
	*ret_wait_ms = wait;
	return true;
}

void retry_succeeded(const struct retry *r, struct retry_quota *quota)
{
	unsigned int gain = r->held_tokens ? r->held_tokens : GAIN;

	quota->tokens = gain > RETRY_QUOTA_TOKENS - quota->tokens ? RETRY_QUOTA_TOKENS
								  : quota->tokens + gain;
}

/* False when it is no number of at most an hour's milliseconds. */
static bool parse_number(const char *text, uint64_t *ret)
{
	enum { MOST = 3600 * 1000 };
	uint64_t n = 0;

	if (!text || !*text)
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return false;
		n = n * 10 + (uint64_t)(*text - '0');
		if (n > MOST)
			n = MOST;
	}
	*ret = n;
	return true;
}

uint64_t retry_after_parse(const char *amz_ms, const char *seconds)
{
	uint64_t n;

	if (parse_number(amz_ms, &n))
		return n;
	return parse_number(seconds, &n) ? n * 1000 : 0;
}
