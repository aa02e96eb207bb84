/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Of HTTP/1.1 (RFC 9112) what a client of the metadata service needs: one request a
 * connection, and a response that fits into a buffer. Pure functions: the bytes are a
 * stranger's, and whatever they say stays within the buffer.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { HTTP_HEAD_MOST_BYTES = 8192 };

enum http_progress {
	HTTP_INCOMPLETE = 0, /* bytes are missing */
	HTTP_COMPLETE,
	HTTP_MALFORMED,
	HTTP_TOO_LARGE, /* the body is longer than was allowed */
};

struct http_response {
	unsigned int status; /* 200, 404, … */
	char *body; /* in the buffer; a '\0' stands behind it */
	size_t body_bytes;
};

/*
 * Look at the `length` bytes that came so far; `data` has room for one more. `at_end`:
 * the other side closed the connection. A chunked body is joined in place, so after
 * HTTP_COMPLETE the buffer is not to be parsed again. `ret` is set with HTTP_COMPLETE
 * only.
 */
enum http_progress http_parse(char *data, size_t length, bool at_end,
	size_t body_most_bytes, struct http_response *ret);
