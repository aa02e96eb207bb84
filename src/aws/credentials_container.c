/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keys of a container: ECS, EKS Pod Identity, and what looks like them. */
#include "aws/credentials_source.h"

#include <stdlib.h>
#include <string.h>

#include "aws/credentials_json.h"
#include "aws/secret.h"
#include "aws/url.h"
#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "net/http_request.h"

enum { TIMEOUT_MS = 2000, ATTEMPTS = 3 };

static const char source[] = "the container's endpoint";

/* The agents of ECS and of EKS. */
static bool is_container_host(const struct url *u)
{
	static const char *const hosts[] = { "169.254.170.2", "169.254.170.23",
		"fd00:ec2::23" };

	for (size_t i = 0; i < ARRAY_SIZE(hosts); i++)
		if (strcmp(u->host, hosts[i]) == 0)
			return true;
	return http_host_is_loopback(u->host);
}

/* Keys, and a token that gets more of them, go over plain http to the agents alone. */
static int check_address(const char *address, struct error *err)
{
	static const char what[] = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
	const char *slashes = strstr(address, "://");
	size_t host = slashes ? strcspn(slashes + 3, "/?#") : 0;
	CLEANUP(url_releasep) struct url u = { 0 };
	CLEANUP(freep) char *begin = NULL;

	for (const char *c = address; *c; c++)
		if (*c <= ' ' || *c > '~')
			return error_set(err, ERR_USAGE, 0, "%s is no URL", what);
	begin = slashes ? xstrndup(address, (size_t)(slashes - address) + 3 + host)
			: xstrdup(address);
	if (url_parse(begin, what, &u, err) < 0)
		return -1;
	if (!u.is_https && !is_container_host(&u))
		return error_set(err, ERR_USAGE, 0,
			"%s is plain http to '%s', which is neither this machine nor a "
			"container's agent",
			what, u.host);
	return 0;
}

/* *ret is NULL where none is wanted. The file is read each time: it changes. */
static int authorization(char **ret, struct error *err)
{
	const char *path = getenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
	const char *text = getenv("AWS_CONTAINER_AUTHORIZATION_TOKEN");
	CLEANUP(secret_string_freep) char *token = NULL;

	if (path) {
		if (file_read_all(path, CREDENTIALS_TOKEN_MOST_BYTES, &token, NULL, err) <
			0)
			return error_context(
				err, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
	} else if (text) {
		token = xstrdup(text);
	}
	if (token && strpbrk(token, "\r\n"))
		return error_set(err, ERR_USAGE, 0,
			"the container's authorization token has a line end in it");
	*ret = TAKE_PTR(token);
	return 0;
}

int credentials_from_container(const struct credentials_context *c,
	struct aws_credentials **ret, struct error *err)
{
	const char *relative = getenv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
	const char *full = getenv("AWS_CONTAINER_CREDENTIALS_FULL_URI");
	CLEANUP(freep)
	char *address = relative ? xasprintf("http://169.254.170.2%s", relative)
			: full	 ? xstrdup(full)
				 : NULL;
	CLEANUP(secret_string_freep) char *token = NULL;
	CLEANUP(credentials_fields_releasep) struct credentials_fields fields = { 0 };
	CLEANUP(credentials_http_response_releasep)
	struct credentials_http_response answer = CREDENTIALS_HTTP_RESPONSE_INIT;
	struct sigv4_pair headers[2] = { { "Accept", "application/json" } };

	*ret = NULL;
	if (!address)
		return 0;
	if (check_address(address, err) < 0 || authorization(&token, err) < 0)
		return -1;
	headers[1] = (struct sigv4_pair){ "Authorization", token };
	if (c->spec->http->fetch(c->spec->http,
		    &(struct credentials_http_request){
			    .method = "GET",
			    .url = address,
			    .headers = headers,
			    .header_count = token ? 2 : 1,
			    .timeout_ms = TIMEOUT_MS,
			    .attempts = ATTEMPTS,
			    .most_bytes = CREDENTIALS_ANSWER_MOST_BYTES,
			    .direct = true,
		    },
		    &answer, err) < 0)
		return error_context(err, "%s", source);
	if (answer.status != 200)
		return error_set(err, ERR_FETCH, (int)answer.status,
			"%s gives no keys: status %u", source, answer.status);
	if (credentials_json_decode(answer.body.data, answer.body.length_bytes,
		    CREDENTIALS_JSON_METADATA, "the answer of the container's endpoint",
		    &fields, err) < 0)
		return -1;
	return credentials_from_fields(&fields, true, source, ret, err);
}
