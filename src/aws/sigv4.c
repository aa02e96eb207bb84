/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/sigv4.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/digest.h"
#include "aws/secret.h"
#include "aws/sigv4_canonical.h"
#include "base/alloc.h"
#include "base/cleanup.h"

#define ALGORITHM "AWS4-HMAC-SHA256"
#define EMPTY_PAYLOAD "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

enum {
	DAY_CHARS = 8, /* of a date: 20150830 */
	/* A run talks to some six services in a region, and publishes to some regions. */
	KEYS_KEPT = 32,
	PRESIGN_PARAMETERS = 6,
};

/* A signing key, found again by the hash of what it was derived from. */
struct key {
	uint8_t of[DIGEST_SHA256_BYTES];
	uint8_t key[DIGEST_SHA256_BYTES];
};

struct sigv4_signer {
	pthread_mutex_t lock;
	size_t used, next;
	struct key keys[KEYS_KEPT];
};

struct sigv4_signer *sigv4_signer_new(void)
{
	struct sigv4_signer *s = secret_alloc(sizeof(*s));

	(void)pthread_mutex_init(&s->lock, NULL);
	return s;
}

struct sigv4_signer *sigv4_signer_free(struct sigv4_signer *s)
{
	if (s)
		(void)pthread_mutex_destroy(&s->lock);
	secret_free(s, sizeof(*s));
	return NULL;
}

void sigv4_signed_release(struct sigv4_signed *s)
{
	free(s->query);
	free(s->authorization);
	*s = (struct sigv4_signed){ 0 };
}

static void hmac_step(uint8_t key[static DIGEST_SHA256_BYTES], const char *text)
{
	digest_hmac_sha256(key, DIGEST_SHA256_BYTES, text, strlen(text), key);
}

static void derive_key(const struct sigv4_scope *scope, const char *day,
	uint8_t ret_key[static DIGEST_SHA256_BYTES])
{
	CLEANUP(secret_string_freep)
	char *secret = xasprintf("AWS4%s", scope->secret_access_key);

	digest_hmac_sha256(secret, strlen(secret), day, DAY_CHARS, ret_key);
	hmac_step(ret_key, scope->region);
	hmac_step(ret_key, scope->service);
	hmac_step(ret_key, "aws4_request");
}

static bool find_key(struct sigv4_signer *s, const uint8_t of[static DIGEST_SHA256_BYTES],
	uint8_t ret_key[static DIGEST_SHA256_BYTES])
{
	for (size_t i = 0; i < s->used; i++) {
		if (memcmp(s->keys[i].of, of, DIGEST_SHA256_BYTES) == 0) {
			memcpy(ret_key, s->keys[i].key, DIGEST_SHA256_BYTES);
			return true;
		}
	}
	return false;
}

/* Two threads may derive the same key at the same time; it is then kept twice. */
static void signing_key(struct sigv4_signer *s, const struct sigv4_scope *scope,
	const char *day, uint8_t ret_key[static DIGEST_SHA256_BYTES])
{
	CLEANUP(secret_string_freep)
	char *from = xasprintf("%.*s/%s/%s/%s", DAY_CHARS, day, scope->region,
		scope->service, scope->secret_access_key);
	struct key new = { 0 };
	bool found;

	digest_sha256(from, strlen(from), new.of);
	(void)pthread_mutex_lock(&s->lock);
	found = find_key(s, new.of, ret_key);
	(void)pthread_mutex_unlock(&s->lock);
	if (found)
		return;
	derive_key(scope, day, new.key);
	memcpy(ret_key, new.key, sizeof(new.key));
	(void)pthread_mutex_lock(&s->lock);
	s->keys[s->next] = new;
	s->next = (s->next + 1) % KEYS_KEPT;
	if (s->used < KEYS_KEPT)
		s->used++;
	(void)pthread_mutex_unlock(&s->lock);
	explicit_bzero(&new, sizeof(new));
}

static void format_date(time_t t, char date[static SIGV4_DATE_CHARS + 1])
{
	struct tm tm;

	if (!gmtime_r(&t, &tm) || strftime(date, SIGV4_DATE_CHARS + 1, "%Y%m%dT%H%M%SZ",
					  &tm) != SIGV4_DATE_CHARS)
		(void)snprintf(date, SIGV4_DATE_CHARS + 1, "19700101T000000Z");
}

/* "20150830/us-east-1/ec2/aws4_request" */
static char *credential_scope(const struct sigv4_scope *scope, const char *date)
{
	return xasprintf("%.*s/%s/%s/aws4_request", DAY_CHARS, date, scope->region,
		scope->service);
}

/* Of a request: what is signed besides the method, the path and the payload. */
struct canonical {
	struct strbuf query, headers, names;
};

#define CANONICAL_INIT                                                              \
	{                                                                           \
		.query = STRBUF_INIT, .headers = STRBUF_INIT, .names = STRBUF_INIT, \
	}

static void canonical_releasep(struct canonical *c)
{
	strbuf_release(&c->query);
	strbuf_release(&c->headers);
	strbuf_release(&c->names);
}

static void signature(struct sigv4_signer *s, const struct sigv4_scope *scope,
	const struct sigv4_request *request, const char *date, const struct canonical *c,
	char ret_hex[static DIGEST_SHA256_HEX_CHARS + 1])
{
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	CLEANUP(freep) char *in_scope = credential_scope(scope, date);
	uint8_t digest[DIGEST_SHA256_BYTES], key[DIGEST_SHA256_BYTES];

	strbuf_add_str(&text, request->method);
	strbuf_add_char(&text, '\n');
	sigv4_canonical_path(request->path, scope->flags, &text);
	strbuf_addf(&text, "\n%s\n%s\n%s\n%s", c->query.data, c->headers.data,
		c->names.data,
		request->payload_hash ? request->payload_hash : EMPTY_PAYLOAD);
	digest_sha256(text.data, text.length_bytes, digest);
	digest_format_hex(digest, sizeof(digest), ret_hex);

	strbuf_truncate(&text, 0);
	strbuf_addf(&text, ALGORITHM "\n%s\n%s\n%s", date, in_scope, ret_hex);
	signing_key(s, scope, date, key);
	digest_hmac_sha256(key, sizeof(key), text.data, text.length_bytes, digest);
	explicit_bzero(key, sizeof(key));
	digest_format_hex(digest, sizeof(digest), ret_hex);
}

static void add_header(struct sigv4_signed *s, const char *name, const char *value)
{
	s->headers[s->header_count++] = (struct sigv4_pair){ name, value };
}

void sigv4_sign(struct sigv4_signer *s, const struct sigv4_scope *scope,
	const struct sigv4_request *request, struct sigv4_signed *ret)
{
	CLEANUP(canonical_releasep) struct canonical c = CANONICAL_INIT;
	CLEANUP(freep) struct sigv4_pair *pairs = NULL;
	CLEANUP(freep) char *in_scope = NULL;
	char hex[DIGEST_SHA256_HEX_CHARS + 1];
	size_t count = 0;

	*ret = (struct sigv4_signed){ 0 };
	format_date(scope->time, ret->date);
	add_header(ret, "X-Amz-Date", ret->date);
	if (scope->session_token)
		add_header(ret, "X-Amz-Security-Token", scope->session_token);
	if (scope->flags & SIGV4_HASH_HEADER)
		add_header(ret, "X-Amz-Content-Sha256",
			request->payload_hash ? request->payload_hash : EMPTY_PAYLOAD);

	pairs = xcalloc(1 + ret->header_count + request->header_count, sizeof(*pairs));
	pairs[count++] = (struct sigv4_pair){ "host", request->host };
	for (size_t i = 0; i < ret->header_count; i++)
		pairs[count++] = ret->headers[i];
	for (size_t i = 0; i < request->header_count; i++)
		pairs[count++] = request->headers[i];
	sigv4_canonical_headers(pairs, count, &c.headers, &c.names);
	sigv4_canonical_query(request->query, request->query_count, &c.query);
	signature(s, scope, request, ret->date, &c, hex);

	in_scope = credential_scope(scope, ret->date);
	ret->authorization =
		xasprintf(ALGORITHM " Credential=%s/%s, SignedHeaders=%s, Signature=%s",
			scope->access_key_id, in_scope, c.names.data, hex);
	add_header(ret, "Authorization", ret->authorization);
	ret->query = strbuf_take(&c.query);
}

void sigv4_presign(struct sigv4_signer *s, const struct sigv4_scope *scope,
	const struct sigv4_request *request, unsigned int expires_s,
	struct sigv4_signed *ret)
{
	CLEANUP(canonical_releasep) struct canonical c = CANONICAL_INIT;
	CLEANUP(freep) struct sigv4_pair *pairs = NULL;
	CLEANUP(freep) char *in_scope = NULL, *credential = NULL;
	char expires[16], hex[DIGEST_SHA256_HEX_CHARS + 1];
	size_t count = 0;

	*ret = (struct sigv4_signed){ 0 };
	format_date(scope->time, ret->date);
	pairs = xcalloc(1 + request->header_count, sizeof(*pairs));
	pairs[count++] = (struct sigv4_pair){ "host", request->host };
	for (size_t i = 0; i < request->header_count; i++)
		pairs[count++] = request->headers[i];
	sigv4_canonical_headers(pairs, count, &c.headers, &c.names);

	in_scope = credential_scope(scope, ret->date);
	credential = xasprintf("%s/%s", scope->access_key_id, in_scope);
	(void)snprintf(expires, sizeof(expires), "%u", expires_s);
	pairs = xreallocarray(
		pairs, request->query_count + PRESIGN_PARAMETERS, sizeof(*pairs));
	count = 0;
	for (size_t i = 0; i < request->query_count; i++)
		pairs[count++] = request->query[i];
	pairs[count++] = (struct sigv4_pair){ "X-Amz-Algorithm", ALGORITHM };
	pairs[count++] = (struct sigv4_pair){ "X-Amz-Credential", credential };
	pairs[count++] = (struct sigv4_pair){ "X-Amz-Date", ret->date };
	pairs[count++] = (struct sigv4_pair){ "X-Amz-Expires", expires };
	pairs[count++] = (struct sigv4_pair){ "X-Amz-SignedHeaders", c.names.data };
	if (scope->session_token)
		pairs[count++] = (struct sigv4_pair){ "X-Amz-Security-Token",
			scope->session_token };
	sigv4_canonical_query(pairs, count, &c.query);
	signature(s, scope, request, ret->date, &c, hex);
	strbuf_addf(&c.query, "&X-Amz-Signature=%s", hex);
	ret->query = strbuf_take(&c.query);
}
