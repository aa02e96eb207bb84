/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One request and its response over one connection that does not block, so that several
 * can be under way. Begin it, wait for exchange_poll_events() on its descriptor, step it;
 * it is over when a step says anything but EXCHANGE_PENDING, or by exchange_end().
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "imds/address.h"
#include "imds/http.h"

enum exchange_result {
	EXCHANGE_PENDING = 0,
	EXCHANGE_DONE, /* `response` is set */
	EXCHANGE_FAILED, /* `error` is -errno: -EPROTO: malformed, -EMSGSIZE: too large */
};

struct exchange {
	int fd; /* -1: none under way */
	bool connected;
	uint64_t deadline_ms; /* of sys_clock_ms() */
	const char *request;
	size_t request_bytes;
	size_t sent_bytes;
	char *buffer;
	size_t buffer_bytes;
	size_t received_bytes;
	size_t body_most_bytes;
	struct http_response response;
	int error;
};

#define EXCHANGE_INIT    \
	{                \
		.fd = -1 \
	}

/* What has to be said to begin one; all is borrowed until it is over. */
struct exchange_spec {
	const struct address *to;
	const char *request;
	size_t request_bytes;
	/* HTTP_HEAD_MOST_BYTES + body_most_bytes + EXCHANGE_SLACK_BYTES of it */
	char *buffer;
	size_t buffer_bytes;
	size_t body_most_bytes;
	uint64_t deadline_ms;
};

enum { EXCHANGE_SLACK_BYTES = 4096 }; /* the sizes of chunks, and a terminator */

enum exchange_result exchange_begin(struct exchange *x, const struct exchange_spec *spec);
short exchange_poll_events(const struct exchange *x);
enum exchange_result exchange_step(struct exchange *x);
void exchange_end(struct exchange *x);
