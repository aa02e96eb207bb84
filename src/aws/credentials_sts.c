/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/credentials_sts.h"

#include "aws/digest.h"
#include "aws/endpoint.h"
#include "aws/secret.h"
#include "aws/uri.h"
#include "base/alloc.h"
#include "base/cleanup.h"

enum { TIMEOUT_MS = 10000, ATTEMPTS = 3, HEADERS_MOST = 1 + SIGV4_HEADERS_MOST };

static void make_body(const char *action, const struct sigv4_pair *parameters,
	size_t count, struct strbuf *body)
{
	strbuf_addf(body, "Action=%s&Version=2011-06-15", action);
	for (size_t i = 0; i < count; i++) {
		strbuf_addf(body, "&%s=", parameters[i].name);
		uri_encode(body, parameters[i].value);
	}
}

static void sign(const struct credentials_context *c, const struct aws_credentials *keys,
	const struct endpoint *e, const char *region, const struct strbuf *body,
	const struct sigv4_pair *content_type, struct sigv4_signed *ret)
{
	CLEANUP(freep) char *path = xasprintf("%s/", e->url.path);
	uint8_t digest[DIGEST_SHA256_BYTES];
	char hash[DIGEST_SHA256_HEX_CHARS + 1];
	const struct sigv4_scope scope = {
		.access_key_id = keys->access_key_id,
		.secret_access_key = keys->secret_access_key,
		.session_token = keys->session_token,
		.region = region,
		.service = e->signing_name,
		.time = (time_t)credentials_now_s(c),
	};
	const struct sigv4_request request = {
		.method = "POST",
		.host = e->url.authority,
		.path = path,
		.headers = content_type,
		.header_count = 1,
		.payload_hash = hash,
	};

	digest_sha256(body->data, body->length_bytes, digest);
	digest_format_hex(digest, sizeof(digest), hash);
	sigv4_sign(c->signer, &scope, &request, ret);
}

/* Once; *ret_clock_corrected: the signature may have failed for our clock. */
static int send_signed(const struct credentials_context *c, const struct endpoint *e,
	const char *region, const struct strbuf *body, const struct aws_credentials *keys,
	struct credentials_http_response *answer, bool *ret_clock_corrected,
	struct error *err)
{
	const struct credentials_http *http = c->spec->http;
	CLEANUP(sigv4_signed_releasep) struct sigv4_signed added = { 0 };
	CLEANUP(freep)
	char *url = xasprintf("%s://%s%s/", e->url.is_https ? "https" : "http",
		e->url.authority, e->url.path);
	struct sigv4_pair headers[HEADERS_MOST] = {
		{ "Content-Type", "application/x-www-form-urlencoded; charset=utf-8" },
	};
	struct credentials_http_request request = {
		.method = "POST",
		.url = url,
		.headers = headers,
		.header_count = 1,
		.body = body->data,
		.body_bytes = body->length_bytes,
		.timeout_ms = TIMEOUT_MS,
		.attempts = ATTEMPTS,
		.most_bytes = CREDENTIALS_ANSWER_MOST_BYTES,
	};

	if (keys)
		sign(c, keys, e, region, body, headers, &added);
	for (size_t i = 0; i < added.header_count; i++)
		headers[request.header_count++] = added.headers[i];
	if (http->fetch(http, &request, answer, err) < 0)
		return -1;
	*ret_clock_corrected = server_clock_correct_at(
		c->clock, c->now_s, c->clock->ahead_s, answer->date);
	return 0;
}

int credentials_ask_sts(const struct credentials_context *c, const char *action,
	const struct sigv4_pair *parameters, size_t count,
	const struct aws_credentials *signer_keys, const char *source,
	struct aws_credentials **ret, struct error *err)
{
	const struct credentials_http *http = c->spec->http;
	const char *region = c->spec->region ? c->spec->region : "us-east-1";
	CLEANUP(endpoint_releasep) struct endpoint e = { 0 };
	CLEANUP(secret_strbuf_releasep) struct strbuf body = STRBUF_INIT;
	CLEANUP(credentials_fields_releasep) struct credentials_fields fields = { 0 };
	CLEANUP(credentials_http_response_releasep)
	struct credentials_http_response answer = CREDENTIALS_HTTP_RESPONSE_INIT;
	bool again;
	int rc;

	if (endpoint_resolve(c->spec->config, AWS_STS, region, &e, err) < 0)
		return -1;
	make_body(action, parameters, count, &body);
	rc = send_signed(c, &e, region, &body, signer_keys, &answer, &again, err);
	if (rc == 0 && again && signer_keys && answer.status != 200) {
		credentials_http_response_release(&answer);
		rc = send_signed(c, &e, region, &body, signer_keys, &answer, &again, err);
	}
	if (rc < 0 || http->decode_sts(http, &answer, &fields, err) < 0)
		return error_context(err, "%s at '%s'", action, e.url.host);
	return credentials_from_fields(&fields, true, source, ret, err);
}
