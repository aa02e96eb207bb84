/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An HTTP request as a value: what is sent, and within which bounds the answer is taken.
 * Nothing in it is owned by it. A client copies the struct and what stands in the URL,
 * the method and the headers; body, `wanted` and userdata have to live until the request
 * is done.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct http_header {
	const char *name;
	const char *value; /* may be "" */
};

/*
 * Gives the bytes of a body from `offset_bytes` on, at least one and at most
 * `most_bytes`. It may be asked for the same offset again: when a kept connection turns
 * out to be dead, the request starts anew on another.
 */
typedef int http_source(void *userdata, uint64_t offset_bytes, void *to,
	size_t most_bytes, size_t *ret_bytes, struct error *err);

/* Takes the next bytes of an answer's body. */
typedef int http_sink(
	void *userdata, const void *bytes, size_t length_bytes, struct error *err);

struct http_request {
	const char *method; /* GET, HEAD, PUT, POST, DELETE */
	/*
	 * http:// or https://, host, port if it is not the scheme's, path and query: sent
	 * byte for byte as given, so it has to be percent-encoded. No user, no fragment.
	 */
	const char *url;
	const struct http_header *headers; /* Host is made of the URL unless it is here */
	size_t header_count;

	const void *body; /* body_bytes of it; or NULL, and the source gives them */
	http_source *source;
	uint64_t body_bytes;

	const char *const
		*wanted; /* the answer's headers to keep; NULL-terminated or NULL */
	size_t headers_most_bytes; /* all of the answer's headers; 0: 64 KiB */
	uint64_t body_most_bytes; /* of the answer */
	/* Where the body of an answer 2xx goes instead of into memory, or NULL. The body
	 * of any other status goes into memory, HTTP_ERROR_BODY_MOST_BYTES is its cap. */
	http_sink *sink;
	void *userdata; /* source's and sink's */

	bool direct; /* not through a proxy, whatever the environment says */
	uint32_t connect_ms; /* name, TCP, proxy and TLS; 0: 10 s */
	/* From submission to the answer's last byte, also while all connections are in
	 * use; 0: none. */
	uint32_t attempt_ms;
	/* Without a byte in either direction, once connected; 0: none. */
	uint32_t stall_ms;
};

enum { HTTP_ERROR_BODY_MOST_BYTES = 256 << 10 };

/* ERR_USAGE when it cannot be sent as it is: a wrong URL, a line feed in a header. */
int http_request_check(const struct http_request *r, struct error *err);

/* "https://host:port" of a URL that was checked: what messages name. Freed by the
 * caller. */
char *http_url_origin(const char *url);

/* Whether a host is this machine: localhost, 127.0.0.0/8, ::1 (without brackets). What is
 * sent there does not leave it. */
bool http_host_is_loopback(const char *host);

/* The same of a URL's host. */
bool http_url_is_loopback(const char *url);
