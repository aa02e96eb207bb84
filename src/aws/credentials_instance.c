/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keys of an EC2 instance's role, from its metadata service: IMDSv2, and never v1. */
#include "aws/credentials_source.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "aws/credentials_json.h"
#include "aws/secret.h"
#include "aws/uri.h"
#include "aws/url.h"
#include "base/alloc.h"
#include "base/cleanup.h"
#include "net/http_request.h"

#define ROLES "/latest/meta-data/iam/security-credentials/"

/*
 * When the service has only keys that are about to expire: how long they are used before
 * it is asked again, beyond the span in which keys are refreshed.
 */
enum { EXTENSION_S = 5 * 60 };

static const char source[] = "instance metadata";

struct instance {
	const struct credentials_http *http;
	char *base;
	uint64_t timeout_ms;
	unsigned int attempts;
};

/* A small number from a setting, else `otherwise`. */
static unsigned int number(const struct credentials_context *c, const char *variable,
	const char *key, unsigned int otherwise)
{
	const char *text = aws_config_setting(c->spec->config, variable, key);
	unsigned long value = text ? strtoul(text, NULL, 10) : 0;

	return value >= 1 && value <= 3600 ? (unsigned int)value : otherwise;
}

static bool is_metadata_host(const struct url *u)
{
	return strcmp(u->host, "169.254.169.254") == 0 ||
	       strcmp(u->host, "fd00:ec2::254") == 0 || http_host_is_loopback(u->host);
}

/* *ret_base is to be freed. */
static int find_base(
	const struct credentials_context *c, char **ret_base, struct error *err)
{
	static const char what[] = "AWS_EC2_METADATA_SERVICE_ENDPOINT";
	const char *base = aws_config_setting(
		c->spec->config, what, "ec2_metadata_service_endpoint");
	const char *mode = aws_config_setting(c->spec->config,
		"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
		"ec2_metadata_service_endpoint_mode");
	CLEANUP(url_releasep) struct url u = { 0 };

	if (!base)
		base = mode && strcasecmp(mode, "ipv6") == 0 ? "http://[fd00:ec2::254]"
							     : "http://169.254.169.254";
	if (url_parse(base, what, &u, err) < 0)
		return -1;
	if (!u.is_https && !is_metadata_host(&u))
		return error_set(err, ERR_USAGE, 0,
			"%s is plain http to '%s', which is neither this machine nor an "
			"instance's metadata service",
			what, u.host);
	*ret_base = xasprintf(
		"%s://%s%s", u.is_https ? "https" : "http", u.authority, u.path);
	return 0;
}

static int ask(const struct instance *i, const char *method, const char *path,
	const struct sigv4_pair *header, struct credentials_http_response *answer,
	struct error *err)
{
	CLEANUP(freep) char *url = xasprintf("%s%s", i->base, path);

	return i->http->fetch(i->http,
		&(struct credentials_http_request){
			.method = method,
			.url = url,
			.headers = header,
			.header_count = 1,
			.timeout_ms = i->timeout_ms,
			.attempts = i->attempts,
			.most_bytes = CREDENTIALS_ANSWER_MOST_BYTES,
			.direct = true,
		},
		answer, err);
}

/* A token, or NULL: nobody is there, or nobody who speaks version 2. */
static int get_token(const struct instance *i, char **ret_token, struct error *err)
{
	static const struct sigv4_pair life = { "X-aws-ec2-metadata-token-ttl-seconds",
		"21600" };
	CLEANUP(credentials_http_response_releasep)
	struct credentials_http_response answer = CREDENTIALS_HTTP_RESPONSE_INIT;

	*ret_token = NULL;
	if (ask(i, "PUT", "/latest/api/token", &life, &answer, err) < 0)
		return err->code == ERR_INTERRUPTED ? -1 : 0;
	if (answer.status == 200 && answer.body.length_bytes &&
		!strpbrk(answer.body.data, "\r\n"))
		*ret_token = xstrdup(answer.body.data);
	return 0;
}

/* The answer's text, or NULL: the instance has no role. */
static int get_text(const struct instance *i, const char *path, const char *token,
	char **ret_text, struct error *err)
{
	const struct sigv4_pair header = { "X-aws-ec2-metadata-token", token };
	CLEANUP(credentials_http_response_releasep)
	struct credentials_http_response answer = CREDENTIALS_HTTP_RESPONSE_INIT;

	*ret_text = NULL;
	if (ask(i, "GET", path, &header, &answer, err) < 0)
		return error_context(err, "%s", source);
	if (answer.status == 404)
		return 0;
	if (answer.status != 200)
		return error_set(err, ERR_FETCH, (int)answer.status,
			"%s gives no keys: status %u", source, answer.status);
	*ret_text = xstrndup(answer.body.data, answer.body.length_bytes);
	return 0;
}

/*
 * While the service cannot renew them, it gives out keys that are close to their end,
 * which stay good: they are used, and it is asked again before long.
 */
static struct aws_credentials *extend(
	const struct credentials_context *c, struct aws_credentials *keys)
{
	struct aws_credentials *longer;
	int64_t least = credentials_now_s(c) + CREDENTIALS_ADVISORY_S + EXTENSION_S;

	if (keys->expires_at_s >= least)
		return keys;
	longer = aws_credentials_new(keys->access_key_id, keys->secret_access_key,
		keys->session_token, least, source);
	(void)aws_credentials_unref(keys);
	return longer;
}

static int read_keys(const struct credentials_context *c, const char *text,
	struct aws_credentials **ret, struct error *err)
{
	CLEANUP(credentials_fields_releasep) struct credentials_fields fields = { 0 };

	if (credentials_json_decode(text, strlen(text), CREDENTIALS_JSON_METADATA,
		    "the answer of instance metadata", &fields, err) < 0 ||
		credentials_from_fields(&fields, true, source, ret, err) < 0)
		return -1;
	*ret = extend(c, *ret);
	return 0;
}

static int from_role(const struct credentials_context *c, const struct instance *i,
	struct aws_credentials **ret, struct error *err)
{
	CLEANUP(secret_string_freep) char *token = NULL, *text = NULL;
	CLEANUP(freep) char *role = NULL;
	CLEANUP(strbuf_releasep) struct strbuf path = STRBUF_INIT;

	if (get_token(i, &token, err) < 0)
		return -1;
	if (!token)
		return 0;
	if (get_text(i, ROLES, token, &role, err) < 0)
		return -1;
	if (!role || !*role)
		return 0;
	role[strcspn(role, "\r\n")] = '\0';
	strbuf_add_str(&path, ROLES);
	uri_encode(&path, role);
	if (get_text(i, path.data, token, &text, err) < 0)
		return -1;
	return text ? read_keys(c, text, ret, err) : 0;
}

int credentials_from_instance(const struct credentials_context *c,
	struct aws_credentials **ret, struct error *err)
{
	CLEANUP(freep) char *base = NULL;
	const char *disabled = getenv("AWS_EC2_METADATA_DISABLED");
	struct instance i = { .http = c->spec->http };

	*ret = NULL;
	if (disabled && strcasecmp(disabled, "true") == 0)
		return 0;
	if (find_base(c, &base, err) < 0)
		return -1;
	i.base = base;
	i.timeout_ms = 1000ULL * number(c, "AWS_METADATA_SERVICE_TIMEOUT",
					 "metadata_service_timeout", 1);
	i.attempts = number(c, "AWS_METADATA_SERVICE_NUM_ATTEMPTS",
		"metadata_service_num_attempts", 1);
	return from_role(c, &i, ret, err);
}
