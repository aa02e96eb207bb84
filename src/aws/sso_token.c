/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/sso_token.h"

#include <stdlib.h>

#include "aws/credentials_json.h"
#include "aws/endpoint.h"
#include "aws/secret.h"
#include "aws/timestamp.h"
#include "base/alloc.h"
#include "base/atomic_file.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/json.h"

enum { TIMEOUT_MS = 10000, ATTEMPTS = 3 };

/* Whether it may ask for a new one. */
static bool is_registered(
	const struct credentials_context *c, const struct credentials_fields *client)
{
	int64_t until_s;

	return client->access_key_id && client->secret_access_key &&
	       client->session_token && client->expiration &&
	       timestamp_parse(client->expiration, &until_s) &&
	       until_s > credentials_now_s(c);
}

/* CreateToken of SSO-OIDC, 2019-06-10. */
static int ask(const struct credentials_context *c, const char *region,
	const struct credentials_fields *client, struct credentials_http_response *answer,
	struct error *err)
{
	static const struct sigv4_pair header = { "Content-Type", "application/json" };
	const struct credentials_http *http = c->spec->http;
	CLEANUP(endpoint_releasep) struct endpoint e = { 0 };
	CLEANUP(secret_strbuf_releasep) struct strbuf body = STRBUF_INIT;
	CLEANUP(freep) char *url = NULL;
	struct json j = JSON_INIT(&body);

	if (endpoint_resolve(c->spec->config, AWS_SSO_OIDC, region, &e, err) < 0)
		return -1;
	json_object_begin(&j, NULL);
	json_add_string(&j, "grantType", "refresh_token");
	json_add_string(&j, "clientId", client->access_key_id);
	json_add_string(&j, "clientSecret", client->secret_access_key);
	json_add_string(&j, "refreshToken", client->session_token);
	json_object_end(&j);
	url = xasprintf("%s://%s%s/token", e.url.is_https ? "https" : "http",
		e.url.authority, e.url.path);
	return http->fetch(http,
		&(struct credentials_http_request){
			.method = "POST",
			.url = url,
			.headers = &header,
			.header_count = 1,
			.body = body.data,
			.body_bytes = body.length_bytes,
			.timeout_ms = TIMEOUT_MS,
			.attempts = ATTEMPTS,
			.most_bytes = CREDENTIALS_ANSWER_MOST_BYTES,
		},
		answer, err);
}

static void describe(const struct sso_token_place *place,
	const struct credentials_fields *client, const struct credentials_fields *new,
	const char *expires_at, struct strbuf *to)
{
	struct json j = JSON_PRETTY_INIT(to);

	json_object_begin(&j, NULL);
	json_add_string(&j, "startUrl", place->start_url);
	json_add_string(&j, "region", place->region);
	json_add_string(&j, "accessToken", new->session_token);
	json_add_string(&j, "expiresAt", expires_at);
	json_add_string(&j, "clientId", client->access_key_id);
	json_add_string(&j, "clientSecret", client->secret_access_key);
	json_add_string(&j, "registrationExpiresAt", client->expiration);
	if (new->access_key_id)
		json_add_string(&j, "refreshToken", new->access_key_id);
	json_object_end(&j);
}

static int save(const char *path, const struct strbuf *text, struct error *err)
{
	CLEANUP(atomic_file_freep) struct atomic_file *f = NULL;

	if (atomic_file_create(path, 0600, &f, err) < 0 ||
		fd_write_all(
			atomic_file_fd(f), text->data, text->length_bytes, path, err) < 0)
		return -1;
	return atomic_file_commit(f, path, err);
}

static int read_answer(const struct credentials_http_response *answer,
	struct credentials_fields *ret, struct error *err)
{
	if (credentials_json_decode(answer->body.data, answer->body.length_bytes,
		    CREDENTIALS_JSON_SSO_RENEWED, "the answer of SSO-OIDC", ret, err) < 0)
		return -1;
	if (ret->session_token && ret->expiration)
		return 0;
	return error_set(err, ERR_FORMAT, 0,
		"the answer of SSO-OIDC lacks a token or when it expires");
}

int sso_token_renew(const struct credentials_context *c,
	const struct sso_token_place *place, const char *text, size_t length_bytes,
	struct credentials_fields *ret, struct error *err)
{
	CLEANUP(credentials_fields_releasep) struct credentials_fields client = { 0 };
	CLEANUP(credentials_fields_releasep) struct credentials_fields new = { 0 };
	CLEANUP(credentials_http_response_releasep)
	struct credentials_http_response answer = CREDENTIALS_HTTP_RESPONSE_INIT;
	CLEANUP(secret_strbuf_releasep) struct strbuf file = STRBUF_INIT;
	char expires_at[32];

	if (credentials_json_decode(text, length_bytes, CREDENTIALS_JSON_SSO_CLIENT,
		    place->path, &client, err) < 0)
		return -1;
	if (!is_registered(c, &client))
		return 0;
	if (ask(c, place->region, &client, &answer, err) < 0)
		return error_context(err, "renew the SSO token");
	if (answer.status != 200)
		return 0;
	if (read_answer(&answer, &new, err) < 0)
		return -1;
	clock_format_utc(
		(time_t)(credentials_now_s(c) + strtoll(new.expiration, NULL, 10)),
		expires_at, sizeof(expires_at));
	describe(place, &client, &new, expires_at, &file);
	if (save(place->path, &file, err) < 0)
		return error_context(err, "keep the renewed SSO token");
	credentials_fields_release(ret);
	ret->session_token = TAKE_PTR(new.session_token);
	ret->expiration = xstrdup(expires_at);
	return 0;
}
