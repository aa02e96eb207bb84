/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a request ended: with an answer of whatever status, or without one, and why.
 * By value: HTTP_ANSWER_INIT, http_answer_release().
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "net/http_request.h"

enum http_failure {
	HTTP_ANSWERED = 0, /* a whole answer is there */
	HTTP_NOT_RESOLVED, /* no address for the host's name, or the proxy's */
	HTTP_NOT_CONNECTED, /* refused, unreachable, or not within connect_ms */
	HTTP_TLS_REFUSED, /* no TLS that can be trusted */
	HTTP_STALLED, /* no byte for stall_ms */
	HTTP_TOO_SLOW, /* not done within attempt_ms */
	HTTP_CUT_SHORT, /* the connection ended before the answer did */
	HTTP_TOO_BIG, /* headers or body above their cap */
	HTTP_NOT_HTTP, /* what came is not HTTP/1 */
	HTTP_BODY_FAILED, /* source or sink failed */
	HTTP_SETUP_FAILED, /* never sent: out of descriptors, no such CA bundle */
};

enum { HTTP_FIELDS_MOST = 16 };

/* A header that was wanted and came. */
struct http_field {
	const char *name; /* as in http_request.wanted */
	char *value; /* of several of the name: joined by ", " */
};

struct http_answer {
	enum http_failure failure;
	char *reason; /* of a failure: one line; else NULL */
	struct error
		*cause; /* of HTTP_BODY_FAILED: what source or sink said; else NULL */
	unsigned int status;
	struct http_field fields[HTTP_FIELDS_MOST];
	size_t field_count;
	struct strbuf body;
};

#define HTTP_ANSWER_INIT            \
	{                           \
		.body = STRBUF_INIT \
	}

void http_answer_release(struct http_answer *a);
static inline void http_answer_releasep(struct http_answer *a)
{
	http_answer_release(a);
}

/* The value of a wanted header (in any case), or NULL. */
const char *http_answer_header(const struct http_answer *a, const char *name);

/* 0 when there is an answer; else -1, with the failure as an error. */
int http_answer_check(const struct http_answer *a, struct error *err);

/* Set a failure; the first one stays. Returns -1. */
__attribute__((format(printf, 3, 4))) int http_answer_fail(
	struct http_answer *a, enum http_failure failure, const char *fmt, ...);

/* The same for HTTP_BODY_FAILED: what was being done, and what source or sink said. */
int http_answer_fail_body(
	struct http_answer *a, const char *what, const struct error *err);
