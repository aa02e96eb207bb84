/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An HTTP/1.1 client (RFC 9110, RFC 9112) for one thread: many requests at once, over
 * connections that are kept and used again. TLS is always verified, redirects are answers
 * like others, proxies are what the environment says (http_proxy, HTTPS_PROXY, NO_PROXY)
 * except for this machine itself, and nothing is sent that the request does not hold but
 * Host, Content-Length and Connection.
 *
 * One request:
 *
 *	http_client_send(client, &request, &answer, &err)
 *
 * Many: http_client_submit() each, then http_client_next() until none is under way. The
 * transfers go on while http_client_next() waits, not in between.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "net/http_answer.h"
#include "net/http_request.h"

struct http_client;

struct http_client_spec {
	const char *ca_bundle; /* file of PEM certificates; NULL: the system's */
	unsigned int connections_most; /* kept and used at once; 0: 64 */
};

int http_client_new(
	const struct http_client_spec *spec, struct http_client **ret, struct error *err);

/* Cancels what is under way. NULL is fine. */
struct http_client *http_client_free(struct http_client *c);
static inline void http_client_freep(struct http_client **c)
{
	*c = http_client_free(*c);
}

/*
 * Send one and wait: 0 with an answer of whatever status in *ret (the caller releases
 * it), or -1. Only while nothing else is under way.
 */
int http_client_send(struct http_client *c, const struct http_request *request,
	struct http_answer *ret, struct error *err);

/*
 * Begin one. Fails only for what http_request_check() refuses; whatever happens later is
 * in its answer. *ret_id, never 0, names it until it is done.
 */
int http_client_submit(struct http_client *c, const struct http_request *request,
	uint64_t *ret_id, struct error *err);

size_t http_client_under_way(const struct http_client *c);

/* What ends a wait besides a request that is done. */
struct http_wait {
	uint64_t deadline_ms; /* on clock_now_ms(); 0: none */
	int also_fd; /* a descriptor that becomes readable, or -1 */
	bool idle; /* wait for these also while no request is under way */
};

/*
 * The next one that is done: *ret_id is its id, *ret its answer (the caller releases it).
 * *ret_id is 0, and *ret untouched, when none is under way, or the wait has ended. -1
 * with ERR_INTERRUPTED when the program is to end; everything is still under way then.
 */
int http_client_next(struct http_client *c, const struct http_wait *wait,
	uint64_t *ret_id, struct http_answer *ret, struct error *err);

/* End one without an answer; its connection is closed. Unknown ids are ignored. */
void http_client_cancel(struct http_client *c, uint64_t id);
