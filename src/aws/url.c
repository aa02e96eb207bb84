/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/url.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/cleanup.h"

void url_release(struct url *u)
{
	free(u->host);
	free(u->authority);
	free(u->path);
	*u = (struct url){ 0 };
}

static bool is_host_name(const char *host)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-._";

	return *host && host[strspn(host, letters)] == '\0';
}

/* Of "host", "host:80", "[::1]", "[::1]:80": up to `end`. False: it is none of these. */
static bool parse_authority(const char *from, const char *end, struct url *u)
{
	const char *host = from, *host_end, *port;
	struct in6_addr address;
	bool in_brackets = from < end && *from == '[';

	if (in_brackets) {
		host++;
		host_end = memchr(host, ']', (size_t)(end - host));
		port = host_end ? host_end + 1 : NULL;
	} else {
		host_end = memchr(from, ':', (size_t)(end - from));
		host_end = host_end ? host_end : end;
		port = host_end;
	}
	if (!host_end)
		return false;
	u->host = xstrndup(host, (size_t)(host_end - host));
	for (char *c = u->host; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	if (in_brackets ? inet_pton(AF_INET6, u->host, &address) != 1
			: !is_host_name(u->host))
		return false;
	u->port = u->is_https ? 443 : 80;
	if (port < end) {
		char *rest;
		unsigned long number;

		if (*port != ':' || port + 1 == end || !isdigit((unsigned char)port[1]))
			return false;
		number = strtoul(port + 1, &rest, 10);
		if (rest != end || number < 1 || number > 65535)
			return false;
		u->port = (unsigned int)number;
	}
	u->authority = xasprintf(in_brackets ? "[%s]" : "%s", u->host);
	if (u->port != (u->is_https ? 443U : 80U)) {
		char *plain = u->authority;

		u->authority = xasprintf("%s:%u", plain, u->port);
		free(plain);
	}
	return true;
}

/* Printable, and neither a query nor a fragment. */
static bool is_path(const char *path)
{
	for (const char *c = path; *c; c++)
		if (*c <= ' ' || *c > '~' || *c == '?' || *c == '#')
			return false;
	return true;
}

/* What stands behind "https://" or "http://"; NULL: it is neither. */
static const char *skip_scheme(const char *text, bool *ret_is_https)
{
	static const char https[] = "https://", http[] = "http://";

	*ret_is_https = strncasecmp(text, https, strlen(https)) == 0;
	if (*ret_is_https)
		return text + strlen(https);
	return strncasecmp(text, http, strlen(http)) == 0 ? text + strlen(http) : NULL;
}

int url_parse(const char *text, const char *what, struct url *ret, struct error *err)
{
	CLEANUP(url_releasep) struct url u = { 0 };
	const char *from = skip_scheme(text, &u.is_https);
	const char *end = from ? from + strcspn(from, "/?#") : NULL;
	size_t path_bytes;

	if (!from || !is_path(end) || !parse_authority(from, end, &u))
		return error_set(
			err, ERR_USAGE, 0, "%s is not https://host[:port][/path]", what);
	path_bytes = strlen(end);
	while (path_bytes && end[path_bytes - 1] == '/')
		path_bytes--;
	u.path = xstrndup(end, path_bytes);
	*ret = u;
	u = (struct url){ 0 };
	return 0;
}
