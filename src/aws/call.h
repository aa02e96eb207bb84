/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One call of an action: encoded once, then signed and made a request for each attempt.
 * aws/client.h sends them.
 */
#pragma once

#include <stdint.h>

#include "aws/credentials.h"
#include "aws/endpoint.h"
#include "aws/query.h"
#include "aws/rest.h"
#include "aws/service_error.h"
#include "aws/sigv4.h"

/* What is asked for, of one of two protocols. `request` may go when call_init() is back,
 * `data` has to stay. */
struct call_spec {
	const struct query_action *query; /* either this */
	const struct rest_action *rest; /* or this */
	const void *request; /* the action's struct */
	const void *data; /* of a rest action that sends_data */
	size_t data_bytes;
	/* SHA-256 of `data`, where it is known; or NULL. Plain http signs it. */
	const uint8_t *data_sha256;
};

enum { CALL_WANTED_MOST = 12 };

/* By value; call_init(), call_release(). */
struct call {
	const struct query_action *query;
	const struct rest_action *rest;
	const char *name; /* of the action, for messages */
	struct rest_call encoded; /* of Query, too: a form is its body */
	const void *data;
	size_t data_bytes;
	char payload_hash[65]; /* SHA-256 in digits; "" until it is needed */
	const char *wanted[CALL_WANTED_MOST + 1]; /* of the answer's headers */
};

int call_init(const struct call_spec *spec, struct call *ret, struct error *err);
void call_release(struct call *c);

/* Who signs, and when. */
struct call_signing {
	struct sigv4_signer *signer;
	const struct aws_credentials *credentials;
	const struct endpoint *endpoint;
	const char *region;
	time_t time; /* by the service's clock */
	unsigned int attempt, attempts_most; /* are told to the service */
};

enum { CALL_HEADERS_MOST = REST_HEADERS_MOST + SIGV4_HEADERS_MOST + 3 };

/* A signed attempt; by value, call_attempt_release(). Points into call and signing. */
struct call_attempt {
	char *url;
	char *host; /* with its port */
	char *try_number;
	struct http_header headers[CALL_HEADERS_MOST];
	size_t header_count;
	struct sigv4_signed signature;
};

void call_sign(struct call *c, const struct call_signing *s, struct call_attempt *ret);
void call_attempt_release(struct call_attempt *a);
static inline void call_attempt_releasep(struct call_attempt *a)
{
	call_attempt_release(a);
}

/* The attempt as a request; its caps and deadlines are the caller's. */
struct http_request call_request(const struct call *c, const struct call_attempt *a);

/* Whether an answer 2xx refuses all the same: then call_decode() does not take it. */
bool call_is_refused_late(const struct call *c, const struct http_answer *answer);

/* Of an answer 2xx: *ret_value is the action's answer on the heap (NULL: it keeps
 * none). */
int call_decode(const struct call *c, const struct http_answer *answer, void **ret_value,
	struct error *err);
const struct shape *call_answer_shape(const struct call *c); /* or NULL */

/* Of any other answer. */
void call_read_error(const struct call *c, const struct http_answer *answer,
	struct service_error *ret);
