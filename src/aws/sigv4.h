/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * AWS Signature Version 4 (docs.aws.amazon.com/IAM/latest/UserGuide/
 * reference_sigv-create-signed-request.html), as a header or as a presigned query.
 *
 * A request is described by what will be sent; signing never fails. The query is given as
 * plain pairs and comes back encoded, so that what is sent is what was signed. What is
 * signed must be sent unchanged: the headers of the request, those that are added here,
 * and the host as Host.
 *
 * A signer keeps the keys that it derived (one a day, region, service and secret);
 * several threads may use one at once.
 */
#pragma once

#include <stddef.h>
#include <time.h>

/* In place of the hash of a body that is not signed; only over https. */
#define SIGV4_UNSIGNED_PAYLOAD "UNSIGNED-PAYLOAD"

struct sigv4_pair {
	const char *name, *value;
};

struct sigv4_request {
	const char *method;
	const char *host; /* with ":port" unless it is the scheme's own */
	const char *path; /* as it is sent; "" is sent as "/" */
	const struct sigv4_pair *query; /* not encoded */
	size_t query_count;
	/* To be sent and signed. Without those that are added here; those that proxies
	 * change (User-Agent, Connection, …) are passed over. */
	const struct sigv4_pair *headers;
	size_t header_count;
	/* SHA-256 of the body in lower-case digits, or SIGV4_UNSIGNED_PAYLOAD; NULL is
	 * for no body. */
	const char *payload_hash;
};

/* Zero is what all services but S3 want. */
enum sigv4_flags {
	SIGV4_KEEP_DOTS = 1 << 0, /* "." and ".." and "//" in the path mean themselves */
	SIGV4_ENCODE_ONCE = 1 << 1, /* the path is signed as it is, not encoded again */
	SIGV4_HASH_HEADER = 1 << 2, /* X-Amz-Content-Sha256 is sent */
	SIGV4_S3 = SIGV4_KEEP_DOTS | SIGV4_ENCODE_ONCE | SIGV4_HASH_HEADER,
};

struct sigv4_scope {
	const char *access_key_id, *secret_access_key;
	const char *session_token; /* or NULL */
	const char *region, *service;
	time_t time; /* by the server's clock */
	unsigned int flags; /* enum sigv4_flags */
};

enum { SIGV4_DATE_CHARS = 16, SIGV4_HEADERS_MOST = 4 };

/*
 * What signing adds. By value; sigv4_signed_release(). `headers` points into the value
 * itself and into the scope and the request that were signed: neither is moved or
 * released before it.
 */
struct sigv4_signed {
	char *query; /* to stand behind '?'; "" is none */
	struct sigv4_pair headers[SIGV4_HEADERS_MOST]; /* none when presigned */
	size_t header_count;
	char date[SIGV4_DATE_CHARS + 1]; /* 20150830T123600Z */
	char *authorization;
};

void sigv4_signed_release(struct sigv4_signed *s);
static inline void sigv4_signed_releasep(struct sigv4_signed *s)
{
	sigv4_signed_release(s);
}

struct sigv4_signer;
struct sigv4_signer *sigv4_signer_new(void);
struct sigv4_signer *sigv4_signer_free(struct sigv4_signer *s);
static inline void sigv4_signer_freep(struct sigv4_signer **s)
{
	*s = sigv4_signer_free(*s);
}

/* Sign by headers: Authorization, X-Amz-Date, and as the scope says X-Amz-Security-Token
 * and X-Amz-Content-Sha256. */
void sigv4_sign(struct sigv4_signer *s, const struct sigv4_scope *scope,
	const struct sigv4_request *request, struct sigv4_signed *ret);

/*
 * Sign by the query, which is then good for `expires_s` seconds (AWS takes 1 to 604800)
 * for whoever holds it. For S3 the payload is SIGV4_UNSIGNED_PAYLOAD.
 */
void sigv4_presign(struct sigv4_signer *s, const struct sigv4_scope *scope,
	const struct sigv4_request *request, unsigned int expires_s,
	struct sigv4_signed *ret);
