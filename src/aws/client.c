/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/client.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "aws/call_rate.h"
#include "aws/server_clock.h"
#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"

enum { STALL_MS = 60000, ANSWER_MOST_BYTES = 16 << 20 };

/* What a refusal in an answer 200 would have been, had the service known in time. */
enum { REFUSED_LATE_STATUS = 500 };

/* One call: it waits for its time, or an attempt is under way. */
struct operation {
	uint64_t id;
	struct call call;
	struct aws_call how;
	struct retry retry;
	uint64_t due_ms;
	bool has_turn; /* the next attempt, as call_rate.h says */
	uint64_t request_id; /* of the attempt that is under way, or 0 */
	int64_t signed_ahead_s; /* what it was believed to be, of c->clock */
	struct aws_credentials *signed_with; /* the last attempt, or NULL */
};

struct aws_client {
	struct http_client *http;
	struct credentials_provider *credentials;
	struct sigv4_signer *signer;
	struct endpoint endpoint;
	char *region;
	struct retry_policy policy;
	struct retry_quota quota;
	struct call_rate rate;
	struct server_clock clock;
	struct operation **operations;
	size_t count, room;
	uint64_t last_id;
};

void aws_result_release(struct aws_result *r)
{
	free(r->error);
	if (r->answer)
		shape_release(r->shape, r->answer);
	free(r->answer);
	strbuf_release(&r->content);
	service_error_release(&r->refusal);
	*r = (struct aws_result)AWS_RESULT_INIT;
}

static int find_endpoint(
	const struct aws_client_spec *spec, struct endpoint *ret, struct error *err)
{
	if (spec->endpoint_url)
		return endpoint_at(
			spec->endpoint_url, "--endpoint-url", spec->service, ret, err);
	return endpoint_resolve(spec->config, spec->service, spec->region, ret, err);
}

int aws_client_new(
	const struct aws_client_spec *spec, struct aws_client **ret, struct error *err)
{
	const struct http_client_spec http = {
		.ca_bundle =
			aws_config_setting(spec->config, "AWS_CA_BUNDLE", "ca_bundle"),
		.connections_most = spec->connections_most,
	};
	CLEANUP(aws_client_freep) struct aws_client *c = xcalloc(1, sizeof(*c));

	c->credentials = spec->credentials;
	c->region = xstrdup(spec->region);
	c->rate.counts_actions = spec->service == AWS_EC2;
	c->quota = (struct retry_quota)RETRY_QUOTA_INIT;
	retry_rate_init(&c->rate.retries, clock_now_ms());
	c->signer = sigv4_signer_new();
	if (find_endpoint(spec, &c->endpoint, err) < 0)
		return -1;
	if (retry_policy_parse(
		    aws_config_setting(spec->config, "AWS_RETRY_MODE", "retry_mode"),
		    aws_config_setting(spec->config, "AWS_MAX_ATTEMPTS", "max_attempts"),
		    &c->policy, err) < 0)
		return -1;
	if (http_client_new(&http, &c->http, err) < 0)
		return -1;
	*ret = TAKE_PTR(c);
	return 0;
}

static struct operation *operation_free(struct operation *o)
{
	call_release(&o->call);
	o->signed_with = aws_credentials_unref(o->signed_with);
	free(o);
	return NULL;
}

struct aws_client *aws_client_free(struct aws_client *c)
{
	if (!c)
		return NULL;
	c->http = http_client_free(c->http);
	for (size_t i = 0; i < c->count; i++)
		c->operations[i] = operation_free(c->operations[i]);
	free(c->operations);
	c->signer = sigv4_signer_free(c->signer);
	endpoint_release(&c->endpoint);
	free(c->region);
	free(c);
	return NULL;
}

const struct url *aws_client_url(const struct aws_client *c)
{
	return &c->endpoint.url;
}

const char *aws_client_region(const struct aws_client *c)
{
	return c->region;
}

size_t aws_client_under_way(const struct aws_client *c)
{
	return c->count;
}

int64_t aws_client_time(const struct aws_client *c)
{
	return server_clock_now(&c->clock);
}

int aws_client_submit(struct aws_client *c, const struct aws_call *call, uint64_t *ret_id,
	struct error *err)
{
	struct operation *o = xcalloc(1, sizeof(*o));

	if (call_init(&call->action, &o->call, err) < 0) {
		free(o);
		return -1;
	}
	o->how = *call;
	retry_begin(&o->retry, &c->policy, call->deadline_ms);
	array_reserve_one(
		(void **)&c->operations, c->count, &c->room, sizeof(struct operation *));
	c->operations[c->count++] = o;
	*ret_id = o->id = ++c->last_id;
	return 0;
}

static void take_out(struct aws_client *c, size_t at)
{
	c->operations[at] = operation_free(c->operations[at]);
	c->operations[at] = c->operations[--c->count];
}

void aws_client_cancel(struct aws_client *c, uint64_t id)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->operations[i]->id == id) {
			http_client_cancel(c->http, c->operations[i]->request_id);
			take_out(c, i);
			return;
		}
}

/* An attempt may take no longer than what is left of the operation's time. */
static uint32_t attempt_ms(const struct operation *o, uint64_t now_ms)
{
	uint64_t deadline = o->how.deadline_ms, left;

	if (!deadline)
		return o->how.attempt_ms;
	left = deadline > now_ms ? deadline - now_ms : 1;
	if (o->how.attempt_ms && o->how.attempt_ms < left)
		return o->how.attempt_ms;
	return left > UINT32_MAX ? UINT32_MAX : (uint32_t)left;
}

/* Sign and send an attempt. */
static int launch(struct aws_client *c, struct operation *o, struct error *err)
{
	CLEANUP(aws_credentials_unrefp) struct aws_credentials *credentials = NULL;
	CLEANUP(call_attempt_releasep) struct call_attempt attempt = { 0 };
	struct call_signing signing = {
		.signer = c->signer,
		.endpoint = &c->endpoint,
		.region = c->region,
		.time = server_clock_now(&c->clock),
		.attempt = o->retry.attempt,
		.attempts_most = c->policy.attempts_most,
	};
	struct http_request request;

	if (credentials_provider_get(c->credentials, &credentials, err) < 0)
		return error_context(err, "%s", o->call.name);
	signing.credentials = credentials;
	o->signed_ahead_s = c->clock.ahead_s;
	call_sign(&o->call, &signing, &attempt);
	aws_credentials_unref(o->signed_with);
	o->signed_with = aws_credentials_ref(credentials);
	request = call_request(&o->call, &attempt);
	request.attempt_ms = attempt_ms(o, clock_now_ms());
	request.stall_ms = o->how.stall_ms ? o->how.stall_ms : STALL_MS;
	request.body_most_bytes =
		o->how.answer_most_bytes ? o->how.answer_most_bytes : ANSWER_MOST_BYTES;
	return http_client_submit(c->http, &request, &o->request_id, err);
}

static double random_fraction(void)
{
	uint32_t n = 0;

	/* Jitter only: no harm when there is none. */
	if (getrandom(&n, sizeof(n), 0) < 0)
		return 0.5;
	return n / 4294967296.0;
}

static int succeed(struct aws_client *c, const struct operation *o,
	struct http_answer *answer, struct aws_result *ret, struct error *err)
{
	if (call_decode(&o->call, answer, &ret->answer, err) < 0)
		return error_context(err, "%s", o->call.name);
	ret->shape = call_answer_shape(&o->call);
	if (o->call.rest && o->call.rest->takes_data) {
		ret->content = answer->body;
		answer->body = (struct strbuf)STRBUF_INIT;
	}
	retry_succeeded(&o->retry, &c->quota);
	return 0;
}

/* A clock and keys are put right once. */
static bool may_pass(enum retry_reason reason)
{
	return reason == RETRY_TRANSIENT || reason == RETRY_THROTTLED ||
	       reason == RETRY_YOUNG;
}

/* The failure of the last attempt, and why there is none after it. */
static int fail(const struct operation *o, const struct http_answer *answer,
	const struct service_error *refusal, enum retry_reason reason, struct error *err)
{
	if (http_answer_check(answer, err) < 0)
		(void)error_context(err, "%s", o->call.name);
	else
		(void)service_error_set(refusal, o->call.name, answer->status, err);
	if (reason == RETRY_THROTTLED && service_error_is_refusal(err))
		err->detail = SERVICE_ERROR_THROTTLED;
	if (o->retry.gave_up && o->retry.attempt > 1)
		(void)error_context(err, "after %u attempts (%s)", o->retry.attempt,
			o->retry.gave_up);
	err->may_pass = may_pass(reason);
	return -1;
}

/* A service that says what may be wrong with the signature: put it right. */
static void mend_signing(struct aws_client *c, struct operation *o,
	const struct http_answer *answer, struct retry_outcome *outcome)
{
	outcome->clock_corrected = server_clock_correct(
		&c->clock, o->signed_ahead_s, http_answer_header(answer, "Date"));
	if (!outcome->clock_corrected && !o->retry.keys_used &&
		retry_blames_keys(outcome->code))
		outcome->keys_renewed =
			credentials_provider_reject(c->credentials, o->signed_with);
}

/*
 * What an answer means for its operation: 1 when it is tried again, 0 when it succeeded,
 * -1 when it failed.
 */
static int judge(struct aws_client *c, struct operation *o, struct http_answer *answer,
	struct aws_result *ret, struct error *err)
{
	uint64_t now = clock_now_ms(), wait;
	struct retry_outcome outcome = {
		.failure = answer->failure,
		.status = answer->status,
		.age_ms = o->how.made_at_ms ? now - o->how.made_at_ms : RETRY_AGE_OLD,
		.retry_after_ms =
			retry_after_parse(http_answer_header(answer, "x-amz-retry-after"),
				http_answer_header(answer, "Retry-After")),
	};
	bool good = answer->failure == HTTP_ANSWERED && answer->status / 100 == 2;

	if (good && call_is_refused_late(&o->call, answer)) {
		good = false;
		outcome.status = REFUSED_LATE_STATUS;
	}
	ret->status = answer->status;
	ret->attempts = o->retry.attempt;
	if (!good && answer->failure == HTTP_ANSWERED) {
		call_read_error(&o->call, answer, &ret->refusal);
		outcome.code = ret->refusal.code;
		outcome.message = ret->refusal.message;
		mend_signing(c, o, answer, &outcome);
	}
	if (c->policy.mode == RETRY_ADAPTIVE)
		retry_rate_note(&c->rate.retries, now,
			!good && retry_reason(&outcome) == RETRY_THROTTLED);
	if (good)
		return succeed(c, o, answer, ret, err);
	if (!retry_again(&o->retry, &c->quota, &outcome, now, random_fraction(), &wait))
		return fail(o, answer, &ret->refusal, retry_reason(&outcome), err);
	o->due_ms = now + wait;
	o->request_id = 0;
	return 1;
}

static void finish(struct aws_client *c, size_t at, int rc, const struct error *err,
	uint64_t *ret_id, struct aws_result *from, struct aws_result *ret)
{
	if (rc < 0)
		from->error = xmemdup(err, sizeof(*err));
	*ret_id = c->operations[at]->id;
	*ret = *from;
	*from = (struct aws_result)AWS_RESULT_INIT;
	take_out(c, at);
}

/*
 * Send what is due. The place of one that cannot be sent, with the error, or c->count;
 * *due_ms becomes the time of the next, when that is earlier.
 */
static size_t launch_due(struct aws_client *c, uint64_t *due_ms, struct error *err)
{
	for (size_t i = 0; i < c->count; i++) {
		struct operation *o = c->operations[i];
		uint64_t now = clock_now_ms();

		if (o->request_id)
			continue;
		if (o->due_ms <= now)
			o->due_ms = now + call_rate_acquire(&c->rate, o->call.name,
						  &o->has_turn, now);
		if (o->due_ms <= now) {
			if (launch(c, o, err) < 0)
				return i;
		} else if (!*due_ms || o->due_ms < *due_ms) {
			*due_ms = o->due_ms;
		}
	}
	return c->count;
}

static size_t find_request(const struct aws_client *c, uint64_t request_id)
{
	size_t at = 0;

	while (c->operations[at]->request_id != request_id)
		at++;
	return at;
}

static bool wait_is_over(const struct http_wait *wait)
{
	struct pollfd other = { .fd = wait->also_fd, .events = POLLIN };

	return (wait->deadline_ms && clock_now_ms() >= wait->deadline_ms) ||
	       (wait->also_fd >= 0 && poll(&other, 1, 0) > 0);
}

int aws_client_next(struct aws_client *c, const struct http_wait *wait, uint64_t *ret_id,
	struct aws_result *ret, struct error *err)
{
	for (;;) {
		CLEANUP(http_answer_releasep)
		struct http_answer answer = HTTP_ANSWER_INIT;
		CLEANUP(aws_result_releasep) struct aws_result result = AWS_RESULT_INIT;
		struct http_wait until = *wait;
		struct error failure = ERROR_INIT;
		uint64_t request_id;
		size_t at = launch_due(c, &until.deadline_ms, &failure);
		int rc;

		if (at < c->count) {
			finish(c, at, -1, &failure, ret_id, &result, ret);
			return 0;
		}
		until.idle = wait->idle || c->count;
		if (http_client_next(c->http, &until, &request_id, &answer, err) < 0)
			return -1;
		if (!request_id && (wait_is_over(wait) || !c->count)) {
			*ret_id = 0;
			return 0;
		}
		if (!request_id)
			continue;
		at = find_request(c, request_id);
		rc = judge(c, c->operations[at], &answer, &result, &failure);
		if (rc <= 0) {
			finish(c, at, rc, &failure, ret_id, &result, ret);
			return 0;
		}
	}
}

int aws_client_call(struct aws_client *c, const struct aws_call *call,
	struct aws_result *ret, struct error *err)
{
	static const struct http_wait forever = { .also_fd = -1 };
	uint64_t id, done;

	if (c->count)
		abort();
	if (aws_client_submit(c, call, &id, err) < 0)
		return -1;
	if (aws_client_next(c, &forever, &done, ret, err) < 0) {
		aws_client_cancel(c, id);
		return -1;
	}
	if (!ret->error)
		return 0;
	*err = *ret->error;
	return -1;
}
