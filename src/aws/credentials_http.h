/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the sources of credentials need of an HTTP client. They run before there is a
 * session with AWS, so they ask for little: one exchange at a time, in the calling
 * thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aws/sigv4.h"
#include "base/error.h"
#include "base/strbuf.h"

struct credentials_http_request {
	const char *method;
	const char *url; /* https, but for loopback, containers and instance metadata */
	const struct sigv4_pair *headers;
	size_t header_count;
	const char *body; /* NULL: none */
	size_t body_bytes;
	uint64_t timeout_ms; /* of one attempt */
	unsigned int attempts; /* at most; only what got no answer, or 5xx, is repeated */
	size_t most_bytes; /* that a body may have */
	bool direct; /* never through a proxy */
};

struct credentials_http_response {
	unsigned int status;
	char *date; /* the header, or NULL */
	struct strbuf body;
};

#define CREDENTIALS_HTTP_RESPONSE_INIT           \
	{                                        \
		.status = 0, .body = STRBUF_INIT \
	}

/* The body may be a secret: it is zeroed. */
void credentials_http_response_release(struct credentials_http_response *r);
static inline void credentials_http_response_releasep(struct credentials_http_response *r)
{
	credentials_http_response_release(r);
}

/* The members of an answer, as text; NULL where it has none. Released zeroed. */
struct credentials_fields {
	char *access_key_id, *secret_access_key, *session_token;
	char *expiration;
};

void credentials_fields_release(struct credentials_fields *f);
static inline void credentials_fields_releasep(struct credentials_fields *f)
{
	credentials_fields_release(f);
}

struct credentials_http {
	/*
	 * One exchange. -1 only when no whole answer came (ERR_FETCH, ERR_TIMEOUT,
	 * ERR_INTERRUPTED); any status is an answer. Redirects are not followed.
	 */
	int (*fetch)(const struct credentials_http *http,
		const struct credentials_http_request *request,
		struct credentials_http_response *ret, struct error *err);
	/*
	 * Read STS's XML: the members of Credentials of a 200, or the code and the
	 * message of any other status as the error.
	 */
	int (*decode_sts)(const struct credentials_http *http,
		const struct credentials_http_response *response,
		struct credentials_fields *ret, struct error *err);
	void *userdata;
};
