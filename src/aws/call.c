/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/call.h"

#include <stdlib.h>
#include <string.h>

#include "aws/digest.h"
#include "base/alloc.h"
#include "base/cleanup.h"

static void encode_form(struct call *c, const struct call_spec *spec)
{
	strbuf_add_char(&c->encoded.path, '/');
	query_encode(spec->query, spec->request, &c->encoded.body);
	rest_call_add_header(&c->encoded, "Content-Type",
		xstrdup("application/x-www-form-urlencoded; charset=utf-8"));
}

int call_init(const struct call_spec *spec, struct call *ret, struct error *err)
{
	static const char *const wanted[] = { SERVICE_ERROR_HEADERS, "Date",
		"x-amz-retry-after", "Retry-After" };
	struct call c = { .query = spec->query,
		.rest = spec->rest,
		.name = spec->query ? spec->query->name : spec->rest->name,
		.encoded = REST_CALL_INIT,
		.data = spec->data,
		.data_bytes = spec->data_bytes };

	if (spec->data_sha256)
		digest_format_hex(spec->data_sha256, DIGEST_SHA256_BYTES, c.payload_hash);
	memcpy(c.wanted, wanted, sizeof(wanted));
	if (spec->query)
		encode_form(&c, spec);
	else if (rest_encode(spec->rest, spec->request, &c.encoded, err) < 0)
		return -1;
	if (spec->rest)
		(void)rest_answer_headers(spec->rest, c.wanted + ARRAY_SIZE(wanted),
			CALL_WANTED_MOST - ARRAY_SIZE(wanted));
	*ret = c;
	return 0;
}

void call_release(struct call *c)
{
	rest_call_release(&c->encoded);
}

/*
 * The hash of the body, made once. A block's is not signed over https: its checksum is a
 * header, and headers are signed.
 */
static const char *payload_hash(struct call *c, const struct endpoint *e)
{
	uint8_t digest[DIGEST_SHA256_BYTES];

	if (c->data && e->url.is_https)
		return SIGV4_UNSIGNED_PAYLOAD;
	if (!c->data && !c->encoded.body.length_bytes)
		return NULL;
	if (!*c->payload_hash) {
		if (c->data)
			digest_sha256(c->data, c->data_bytes, digest);
		else
			digest_sha256(c->encoded.body.data, c->encoded.body.length_bytes,
				digest);
		digest_format_hex(digest, sizeof(digest), c->payload_hash);
	}
	return c->payload_hash;
}

/* Whether TLS has a name for it: AWS's certificates know one label before their own. */
static bool is_host_label(const char *bucket)
{
	const size_t length = strlen(bucket);

	return length >= 3 && length <= 63 &&
	       strspn(bucket, "abcdefghijklmnopqrstuvwxyz0123456789-") == length &&
	       *bucket != '-' && bucket[length - 1] != '-';
}

/* AWS has a host for each bucket; at an endpoint of somebody's own it is in the path. */
static bool bucket_is_host(const struct call *c, const struct endpoint *e)
{
	return c->encoded.bucket && !e->is_custom && is_host_label(c->encoded.bucket);
}

/* Host and path of the request; the caller frees both. */
static void find_target(
	const struct call *c, const struct endpoint *e, char **ret_host, char **ret_path)
{
	const char *path = c->encoded.path.data;

	if (!bucket_is_host(c, e)) {
		*ret_host = xstrdup(e->url.authority);
		*ret_path = xasprintf("%s%s", e->url.path, path);
		return;
	}
	path += c->encoded.bucket_bytes;
	*ret_host = xasprintf("%s.%s", c->encoded.bucket, e->url.authority);
	*ret_path = xasprintf("%s%s", e->url.path, *path ? path : "/");
}

static void add(struct call_attempt *a, const char *name, const char *value)
{
	if (a->header_count == CALL_HEADERS_MOST)
		abort();
	a->headers[a->header_count++] = (struct http_header){ name, value };
}

void call_sign(struct call *c, const struct call_signing *s, struct call_attempt *ret)
{
	const struct aws_credentials *keys = s->credentials;
	const struct sigv4_scope scope = {
		.access_key_id = keys->access_key_id,
		.secret_access_key = keys->secret_access_key,
		.session_token = keys->session_token,
		.region = s->region,
		.service = s->endpoint->signing_name,
		.time = s->time,
		.flags = c->rest && c->rest->protocol == REST_S3 ? SIGV4_S3 : 0,
	};
	CLEANUP(freep) char *path = NULL;
	struct sigv4_pair headers[REST_HEADERS_MOST + 1];
	struct sigv4_request request = {
		.method = c->rest ? c->rest->method : "POST",
		.query = c->encoded.query,
		.query_count = c->encoded.query_count,
		.headers = headers,
		.header_count = c->encoded.header_count + 1,
		.payload_hash = payload_hash(c, s->endpoint),
	};
	struct call_attempt *a = ret;

	*a = (struct call_attempt){ 0 };
	find_target(c, s->endpoint, &a->host, &path);
	request.host = a->host;
	request.path = path;
	a->try_number = xasprintf("attempt=%u; max=%u", s->attempt, s->attempts_most);
	memcpy(headers, c->encoded.headers, sizeof(c->encoded.headers));
	headers[c->encoded.header_count] =
		(struct sigv4_pair){ "amz-sdk-request", a->try_number };
	sigv4_sign(s->signer, &scope, &request, &a->signature);

	add(a, "Host", a->host);
	add(a, "User-Agent", "amiwright/" AMIWRIGHT_VERSION);
	for (size_t i = 0; i < request.header_count; i++)
		add(a, headers[i].name, headers[i].value);
	for (size_t i = 0; i < a->signature.header_count; i++)
		add(a, a->signature.headers[i].name, a->signature.headers[i].value);
	a->url = xasprintf("%s://%s%s%s%s", s->endpoint->url.is_https ? "https" : "http",
		a->host, path, *a->signature.query ? "?" : "", a->signature.query);
}

void call_attempt_release(struct call_attempt *a)
{
	free(a->url);
	free(a->host);
	free(a->try_number);
	sigv4_signed_release(&a->signature);
	*a = (struct call_attempt){ 0 };
}

struct http_request call_request(const struct call *c, const struct call_attempt *a)
{
	return (struct http_request){
		.method = c->rest ? c->rest->method : "POST",
		.url = a->url,
		.headers = a->headers,
		.header_count = a->header_count,
		.body = c->data ? c->data : c->encoded.body.data,
		.body_bytes = c->data ? c->data_bytes : c->encoded.body.length_bytes,
		.wanted = c->wanted,
	};
}

const struct shape *call_answer_shape(const struct call *c)
{
	return c->query ? c->query->answer : c->rest->answer;
}

bool call_is_refused_late(const struct call *c, const struct http_answer *answer)
{
	return c->rest && rest_is_refusal(c->rest, answer);
}

int call_decode(const struct call *c, const struct http_answer *answer, void **ret_value,
	struct error *err)
{
	const struct shape *shape = call_answer_shape(c);
	CLEANUP(freep) void *value = shape ? xcalloc(1, shape->size_bytes) : NULL;
	int rc;

	if (c->query)
		rc = query_decode(c->query, answer->body.data, answer->body.length_bytes,
			value, err);
	else
		rc = rest_decode(c->rest, answer, value, err);
	if (rc < 0)
		return -1;
	*ret_value = TAKE_PTR(value);
	return 0;
}

void call_read_error(
	const struct call *c, const struct http_answer *answer, struct service_error *ret)
{
	if (c->query || c->rest->protocol == REST_S3)
		service_error_from_xml(answer, ret);
	else
		service_error_from_json(answer, ret);
}
