/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "net/http_request.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/cleanup.h"

/* RFC 9110, 5.6.2: what methods and header names are made of. */
static bool is_token(const char *text)
{
	static const char token[] =
		"!#$%&'*+-.^_`|~0123456789"
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

	return *text && text[strspn(text, token)] == '\0';
}

static bool is_header_value(const char *text)
{
	for (; *text; text++)
		if (((unsigned char)*text < ' ' && *text != '\t') || *text == 0x7f)
			return false;
	return true;
}

/* The part between "://" and the path; of no bytes when there is none. */
static const char *authority_of(const char *url, size_t *ret_length)
{
	const char *at = strstr(url, "://");

	at = at ? at + 3 : url + strlen(url);
	*ret_length = strcspn(at, "/?");
	return at;
}

static bool is_url(const char *url)
{
	size_t length;
	const char *authority = authority_of(url, &length);

	if (strncmp(url, "http://", 7) != 0 && strncmp(url, "https://", 8) != 0)
		return false;
	for (const char *c = url; *c; c++)
		if ((unsigned char)*c <= ' ' || (unsigned char)*c >= 0x7f || *c == '#' ||
			*c == '\\')
			return false;
	return length > 0 && !memchr(authority, '@', length);
}

int http_request_check(const struct http_request *r, struct error *err)
{
	if (!is_token(r->method))
		return error_set(err, ERR_USAGE, 0, "'%s' is no HTTP method", r->method);
	if (!is_url(r->url))
		return error_set(err, ERR_USAGE, 0,
			"'%s' is no URL that a request can be sent to: it needs http:// "
			"or "
			"https://, a host, and nothing but visible ASCII",
			r->url);
	for (size_t i = 0; i < r->header_count; i++)
		if (!is_token(r->headers[i].name) ||
			!is_header_value(r->headers[i].value))
			return error_set(err, ERR_USAGE, 0,
				"the HTTP header '%s' cannot be sent: its name or its "
				"value "
				"has characters that headers may not have",
				r->headers[i].name);
	return 0;
}

char *http_url_origin(const char *url)
{
	size_t length;
	const char *authority = authority_of(url, &length);

	return xstrndup(url, (size_t)(authority - url) + length);
}

/* The host alone, without brackets and port. */
static char *host_of(const char *url)
{
	size_t length;
	const char *at = authority_of(url, &length);
	const char *end;

	if (length && *at == '[') {
		end = memchr(at, ']', length);
		return end ? xstrndup(at + 1, (size_t)(end - at - 1)) : xstrdup("");
	}
	end = memchr(at, ':', length);
	return xstrndup(at, end ? (size_t)(end - at) : length);
}

bool http_host_is_loopback(const char *host)
{
	struct in6_addr six;
	struct in_addr four;

	if (inet_pton(AF_INET, host, &four) == 1)
		return (ntohl(four.s_addr) >> 24) == IN_LOOPBACKNET;
	if (inet_pton(AF_INET6, host, &six) == 1)
		return IN6_IS_ADDR_LOOPBACK(&six);
	return strcasecmp(host, "localhost") == 0;
}

bool http_url_is_loopback(const char *url)
{
	CLEANUP(freep) char *host = host_of(url);

	return http_host_is_loopback(host);
}
