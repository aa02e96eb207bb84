/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A small HTTP/1.1 server (RFC 9110, RFC 9112) on a listening stream socket that the
 * caller made: loopback TCP or a Unix socket. One thread of its own takes all requests,
 * one after another, so a handler needs no locks for what only handlers touch.
 *
 * Life: httpd_start(), then the handler is called until httpd_free() returns.
 */
#pragma once

#include <stddef.h>

#include "base/error.h"
#include "base/strbuf.h"

/* What a handler is given; all of it lives until the handler returns. */
struct httpd_request {
	const char *method;
	const char *path; /* percent-decoded, without the query */
	const void *body;
	size_t body_bytes;
	/* The value of the header `name` (in any case), or NULL. */
	const char *(*header)(const struct httpd_request *r, const char *name);
	void *source; /* header()'s own */
};

enum { HTTPD_HEADERS_MOST = 8 };

struct httpd_header {
	const char *name;
	char *value;
};

/* What a handler fills; made and released by the server. */
struct httpd_response {
	unsigned int
		status; /* 200 unless set; 0: none, the connection ends without one */
	struct strbuf body;
	struct httpd_header headers[HTTPD_HEADERS_MOST];
	size_t header_count;
};

#define HTTPD_RESPONSE_INIT                        \
	{                                          \
		.status = 200, .body = STRBUF_INIT \
	}

/* Add a header; `name` is a constant, the value is copied. At most HTTPD_HEADERS_MOST. */
void httpd_response_header(struct httpd_response *r, const char *name, const char *value);
void httpd_response_release(struct httpd_response *r);
static inline void httpd_response_releasep(struct httpd_response *r)
{
	httpd_response_release(r);
}

/* Called on the server's thread, one request at a time. */
typedef void httpd_handler(const struct httpd_request *request,
	struct httpd_response *response, void *userdata);

struct httpd_spec {
	size_t body_most_bytes; /* a longer request body is answered 413 */
	httpd_handler *handle;
	void *userdata;
};

struct httpd;

/* Takes `listen_fd` over, also when it fails. */
int httpd_start(int listen_fd, const struct httpd_spec *spec, struct httpd **ret,
	struct error *err);

/* Ends the connections and waits for the thread. NULL is fine. */
struct httpd *httpd_free(struct httpd *h);
static inline void httpd_freep(struct httpd **h)
{
	*h = httpd_free(*h);
}
