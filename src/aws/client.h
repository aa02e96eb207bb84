/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A client of one AWS service in one region, for one thread: a struct goes in, signed
 * requests go out until one succeeds or no further try makes sense (retry.h), and the
 * answer's struct comes back. Many calls go on at once; they share connections, the
 * retries' quota, EC2's limits for each action (action_rate.h) and, in adaptive mode, a
 * rate.
 *
 * When a service refuses a signature for its time, the difference of the clocks is taken
 * from the answer's Date, and all later requests are signed by the service's clock.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "aws/call.h"
#include "aws/retry.h"
#include "net/http_client.h"

struct aws_client;

/* The configuration and the provider outlive the client. */
struct aws_client_spec {
	const struct aws_config *config;
	struct credentials_provider *credentials;
	enum aws_service service;
	const char *region;
	const char *endpoint_url; /* NULL: what environment, profile and region say */
	unsigned int connections_most; /* 0: 64 */
};

/* Retry mode, attempts and CA bundle are those of environment and profile. */
int aws_client_new(
	const struct aws_client_spec *spec, struct aws_client **ret, struct error *err);
struct aws_client *aws_client_free(struct aws_client *c); /* NULL is fine */
static inline void aws_client_freep(struct aws_client **c)
{
	*c = aws_client_free(*c);
}

/* What to call, and how patiently. Times are on clock_now_ms(). */
struct aws_call {
	struct call_spec action;
	uint64_t deadline_ms; /* of all attempts together; 0: none */
	uint32_t attempt_ms; /* of one; 0: none */
	uint32_t stall_ms; /* without a byte; 0: 60 s */
	uint64_t answer_most_bytes; /* 0: 16 MiB */
	/* When the thing that is asked for was made: for two minutes, "not found" is then
	 * "not visible yet". 0: it is none of ours. */
	uint64_t made_at_ms;
};

/* How a call ended. By value: AWS_RESULT_INIT, aws_result_release(). */
struct aws_result {
	struct error *error; /* NULL: it succeeded */
	void *answer; /* the action's struct, or NULL when it keeps none */
	const struct shape *shape; /* of `answer` */
	struct strbuf content; /* of a rest action that takes_data */
	struct service_error refusal; /* of the last attempt, when it was answered */
	unsigned int status;
	unsigned int attempts;
};

#define AWS_RESULT_INIT                \
	{                              \
		.content = STRBUF_INIT \
	}

void aws_result_release(struct aws_result *r);
static inline void aws_result_releasep(struct aws_result *r)
{
	aws_result_release(r);
}

/* One call, to its end: 0 with *ret (the caller releases it), or -1. `refusal` of the
 * service, if there was one, is in *ret in both cases. The error may pass when it is one
 * that is tried again, and attempts or time have run out. Only while no other is under
 * way. */
int aws_client_call(struct aws_client *c, const struct aws_call *call,
	struct aws_result *ret, struct error *err);

/* Begin one: *ret_id, never 0, names it until it is done. Fails only for a request that
 * cannot be encoded. */
int aws_client_submit(struct aws_client *c, const struct aws_call *call, uint64_t *ret_id,
	struct error *err);
/* "https://host[:port][/path]" of the service. */
const struct url *aws_client_url(const struct aws_client *c);
const char *aws_client_region(const struct aws_client *c);
size_t aws_client_under_way(const struct aws_client *c);

/* The service's time, in seconds since 1970, as far as its answers have told that ours is
 * wrong: to be asked for after one. */
int64_t aws_client_time(const struct aws_client *c);

/* As http_client_next(): the next one that is done, or *ret_id is 0. */
int aws_client_next(struct aws_client *c, const struct http_wait *wait, uint64_t *ret_id,
	struct aws_result *ret, struct error *err);

void aws_client_cancel(struct aws_client *c, uint64_t id); /* unknown ids are ignored */
