/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keys of IAM Identity Center, for a token that `aws sso login` has left in its cache. */
#include "aws/credentials_source.h"

#include <stdlib.h>
#include <string.h>

#include "aws/credentials_json.h"
#include "aws/digest.h"
#include "aws/endpoint.h"
#include "aws/secret.h"
#include "aws/sso_token.h"
#include "aws/timestamp.h"
#include "aws/uri.h"
#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/path.h"

enum { TIMEOUT_MS = 10000, ATTEMPTS = 3 };

static const char source[] = "SSO";

struct sso {
	const char *session; /* NULL: the older form, where the profile says it all */
	const char *start_url, *region, *role, *account;
};

/* From the session that the profile names; where the profile says it too, it agrees. */
static int session_value(const struct credentials_context *c, const char *session,
	const char *key, const char **ret, struct error *err)
{
	const char *own = credentials_profile_value(c, key);
	const char *value =
		session ? aws_config_sso_session(c->spec->config, session, key) : NULL;

	if (own && value && strcmp(own, value) != 0)
		return error_set(err, ERR_USAGE, 0,
			"profile '%s' and its sso_session '%s' differ in %s", c->profile,
			session, key);
	*ret = value ? value : own;
	if (!*ret)
		return error_set(err, ERR_USAGE, 0, "profile '%s' uses SSO and has no %s",
			c->profile, key);
	return 0;
}

/* False in *ret_is_used: the profile does not use SSO. */
static int read_profile(const struct credentials_context *c, struct sso *sso,
	bool *ret_is_used, struct error *err)
{
	sso->session = credentials_profile_value(c, "sso_session");
	*ret_is_used = credentials_profile_value(c, "sso_role_name") ||
		       credentials_profile_value(c, "sso_account_id");
	if (!*ret_is_used)
		return 0;
	if (session_value(c, sso->session, "sso_role_name", &sso->role, err) < 0 ||
		session_value(c, sso->session, "sso_account_id", &sso->account, err) <
			0 ||
		session_value(c, sso->session, "sso_start_url", &sso->start_url, err) < 0)
		return -1;
	return session_value(c, sso->session, "sso_region", &sso->region, err);
}

/* ~/.aws/sso/cache/, and the SHA-1 of the session's name or of the start URL. */
static char *cache_path(const struct sso *sso)
{
	const char *name = sso->session ? sso->session : sso->start_url;
	uint8_t digest[DIGEST_SHA1_BYTES];
	char hex[2 * DIGEST_SHA1_BYTES + 1];
	CLEANUP(freep) char *directory = aws_config_home("sso/cache");

	digest_sha1(name, strlen(name), digest);
	digest_format_hex(digest, sizeof(digest), hex);
	return xasprintf("%s/%s.json", directory, hex);
}

static int log_in(const struct credentials_context *c, const char *why, struct error *err)
{
	return error_set(err, ERR_TOOL, 0,
		"profile '%s': %s; log in with: aws sso login --profile %s", c->profile,
		why, c->profile);
}

/* Near its end, by a new one, where there is a way to it. One that is still good serves
 * when there is none. */
static int renew(const struct credentials_context *c, const struct sso *sso,
	const char *path, const char *text, size_t length_bytes, int64_t *expires_at_s,
	struct credentials_fields *token, struct error *err)
{
	const struct sso_token_place place = { sso->start_url, sso->region, path };
	const int64_t now_s = credentials_now_s(c);
	struct error why = ERROR_INIT;

	if (!sso->session || *expires_at_s - now_s >= SSO_TOKEN_RENEWED_S)
		return 0;
	if (sso_token_renew(c, &place, text, length_bytes, token, &why) < 0) {
		if (*expires_at_s > now_s && why.code != ERR_INTERRUPTED)
			return 0;
		*err = why;
		return -1;
	}
	(void)timestamp_parse(token->expiration, expires_at_s);
	return 0;
}

static int load_token(const struct credentials_context *c, const struct sso *sso,
	struct credentials_fields *ret, struct error *err)
{
	CLEANUP(freep) char *path = cache_path(sso);
	CLEANUP(secret_string_freep) char *text = NULL;
	size_t length_bytes;
	int64_t expires_at_s;

	if (!path_exists(path))
		return log_in(c, "there is no SSO token", err);
	if (file_read_all(path, CREDENTIALS_TOKEN_MOST_BYTES, &text, &length_bytes, err) <
			0 ||
		credentials_json_decode(text, length_bytes, CREDENTIALS_JSON_SSO_TOKEN,
			path, ret, err) < 0)
		return -1;
	if (!ret->session_token || !ret->expiration ||
		!timestamp_parse(ret->expiration, &expires_at_s))
		return log_in(c, "the SSO token in the cache is not complete", err);
	if (renew(c, sso, path, text, length_bytes, &expires_at_s, ret, err) < 0)
		return error_context(err, "profile '%s'", c->profile);
	if (expires_at_s <= credentials_now_s(c))
		return log_in(c, "the SSO token has expired", err);
	return 0;
}

static int ask_portal(const struct credentials_context *c, const struct sso *sso,
	const char *token, struct credentials_http_response *answer, struct error *err)
{
	const struct credentials_http *http = c->spec->http;
	const struct sigv4_pair header = { "x-amz-sso_bearer_token", token };
	CLEANUP(endpoint_releasep) struct endpoint e = { 0 };
	CLEANUP(strbuf_releasep) struct strbuf url = STRBUF_INIT;

	if (endpoint_resolve(c->spec->config, AWS_SSO, sso->region, &e, err) < 0)
		return -1;
	strbuf_addf(&url, "%s://%s%s/federation/credentials?role_name=",
		e.url.is_https ? "https" : "http", e.url.authority, e.url.path);
	uri_encode(&url, sso->role);
	strbuf_add_str(&url, "&account_id=");
	uri_encode(&url, sso->account);
	return http->fetch(http,
		&(struct credentials_http_request){
			.method = "GET",
			.url = url.data,
			.headers = &header,
			.header_count = 1,
			.timeout_ms = TIMEOUT_MS,
			.attempts = ATTEMPTS,
			.most_bytes = CREDENTIALS_ANSWER_MOST_BYTES,
		},
		answer, err);
}

int credentials_from_sso(const struct credentials_context *c,
	struct aws_credentials **ret, struct error *err)
{
	CLEANUP(credentials_fields_releasep) struct credentials_fields token = { 0 };
	CLEANUP(credentials_fields_releasep) struct credentials_fields fields = { 0 };
	CLEANUP(credentials_http_response_releasep)
	struct credentials_http_response answer = CREDENTIALS_HTTP_RESPONSE_INIT;
	struct sso sso;
	bool is_used;

	*ret = NULL;
	if (read_profile(c, &sso, &is_used, err) < 0)
		return -1;
	if (!is_used)
		return 0;
	if (load_token(c, &sso, &token, err) < 0)
		return -1;
	if (ask_portal(c, &sso, token.session_token, &answer, err) < 0)
		return error_context(err, "profile '%s', SSO", c->profile);
	if (answer.status == 401)
		return log_in(c, "SSO refuses the token", err);
	if (answer.status != 200)
		return error_set(err, ERR_FETCH, (int)answer.status,
			"profile '%s': SSO gives no keys of role '%s' in account %s: "
			"status %u",
			c->profile, sso.role, sso.account, answer.status);
	if (credentials_json_decode(answer.body.data, answer.body.length_bytes,
		    CREDENTIALS_JSON_SSO_ROLE, "the answer of SSO", &fields, err) < 0)
		return -1;
	return credentials_from_fields(&fields, true, source, ret, err);
}
