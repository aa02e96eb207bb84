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
		.time = (time_t)c->now_s,
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

int credentials_ask_sts(const struct credentials_context *c, const char *action,
	const struct sigv4_pair *parameters, size_t count,
	const struct aws_credentials *signer_keys, const char *source,
	struct aws_credentials **ret, struct error *err)
{
	const struct credentials_http *http = c->spec->http;
	const char *region = c->spec->region ? c->spec->region : "us-east-1";
	CLEANUP(endpoint_releasep) struct endpoint e = { 0 };
	CLEANUP(secret_strbuf_releasep) struct strbuf body = STRBUF_INIT;
	CLEANUP(sigv4_signed_releasep) struct sigv4_signed added = { 0 };
	CLEANUP(credentials_fields_releasep) struct credentials_fields fields = { 0 };
	CLEANUP(credentials_http_response_releasep)
	struct credentials_http_response answer = CREDENTIALS_HTTP_RESPONSE_INIT;
	CLEANUP(freep) char *url = NULL;
	struct sigv4_pair headers[HEADERS_MOST] = {
		{ "Content-Type", "application/x-www-form-urlencoded; charset=utf-8" },
	};
	size_t header_count = 1;

	if (endpoint_resolve(c->spec->config, AWS_STS, region, &e, err) < 0)
		return -1;
	make_body(action, parameters, count, &body);
	if (signer_keys)
		sign(c, signer_keys, &e, region, &body, headers, &added);
	for (size_t i = 0; i < added.header_count; i++)
		headers[header_count++] = added.headers[i];
	url = xasprintf("%s://%s%s/", e.url.is_https ? "https" : "http", e.url.authority,
		e.url.path);
	if (http->fetch(http,
		    &(struct credentials_http_request){
			    .method = "POST",
			    .url = url,
			    .headers = headers,
			    .header_count = header_count,
			    .body = body.data,
			    .body_bytes = body.length_bytes,
			    .timeout_ms = TIMEOUT_MS,
			    .attempts = ATTEMPTS,
			    .most_bytes = CREDENTIALS_ANSWER_MOST_BYTES,
		    },
		    &answer, err) < 0 ||
		http->decode_sts(http, &answer, &fields, err) < 0)
		return error_context(err, "%s at '%s'", action, e.url.host);
	return credentials_from_fields(&fields, true, source, ret, err);
}
