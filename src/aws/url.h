/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The addresses of services: "https://host[:port][/path]" (RFC 3986), without user, query
 * or fragment.
 */
#pragma once

#include <stdbool.h>

#include "base/error.h"

/* By value; url_release(). */
struct url {
	bool is_https;
	char *host; /* in lower case; an IPv6 address without its brackets */
	unsigned int port;
	char *authority; /* sent as Host: with the port unless it is the scheme's own */
	char *path; /* "/…", without a slash at its end; or "" */
};

void url_release(struct url *u);
static inline void url_releasep(struct url *u)
{
	url_release(u);
}

/*
 * ERR_USAGE when `text` is none of these. The message names `what` alone: what is wrong
 * may be that somebody wrote his password into it.
 */
int url_parse(const char *text, const char *what, struct url *ret, struct error *err);
