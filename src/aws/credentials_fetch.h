/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The HTTP that sources of credentials need (credentials_http.h), over the client of
 * net/. By value; used by one thread at a time, which the provider of credentials sees
 * to.
 */
#pragma once

#include "aws/aws_config.h"
#include "aws/credentials_http.h"
#include "net/http_client.h"

struct credentials_fetch {
	struct credentials_http http; /* give this to the provider */
	struct http_client *client;
};

/* The CA bundle is that of environment and profile. *ret does not move while it is
 * used. */
int credentials_fetch_init(const struct aws_config *config, struct credentials_fetch *ret,
	struct error *err);
void credentials_fetch_release(struct credentials_fetch *f);
static inline void credentials_fetch_releasep(struct credentials_fetch *f)
{
	credentials_fetch_release(f);
}
