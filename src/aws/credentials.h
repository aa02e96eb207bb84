/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The credentials that requests are signed with, found in botocore's order: environment
 * (unless a profile was named), a role that the profile assumes, web identity, SSO,
 * credentials file, credential_process, config file, container, instance metadata (IMDSv2
 * alone). What was found first is used to the end, and asked again before it expires.
 *
 * Keys live in memory of aws/secret.h and are in no message.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "aws/aws_config.h"
#include "aws/credentials_http.h"
#include "base/error.h"

/* One set of keys. Never changes; counted references, from any thread. */
struct aws_credentials {
	const char *access_key_id, *secret_access_key;
	const char *session_token; /* or NULL */
	int64_t expires_at_s; /* since 1970; 0: never */
	const char *source; /* for people: "environment" */
};

/* Copies the strings, but for `source`. */
struct aws_credentials *aws_credentials_new(const char *access_key_id,
	const char *secret_access_key, const char *session_token, int64_t expires_at_s,
	const char *source);
struct aws_credentials *aws_credentials_ref(struct aws_credentials *c);
struct aws_credentials *aws_credentials_unref(
	struct aws_credentials *c); /* NULL is fine */
/* From now on a forked child has these no more: it finds no access key id. */
void aws_credentials_keep_from_children(struct aws_credentials *c);
static inline void aws_credentials_unrefp(struct aws_credentials **c)
{
	*c = aws_credentials_unref(*c);
}

struct mfa_keys;

/* All of it is the caller's, and outlives the provider. */
struct credentials_spec {
	const struct aws_config *config;
	const struct credentials_http *http;
	const char *region; /* whose STS is asked; NULL: us-east-1 */
	struct mfa_keys *mfa; /* NULL: nobody can be asked for a code */
	int64_t (*now_s)(void); /* since 1970; NULL: the clock */
};

struct credentials_provider;
struct credentials_provider *credentials_provider_new(
	const struct credentials_spec *spec);
struct credentials_provider *credentials_provider_free(struct credentials_provider *p);
static inline void credentials_provider_freep(struct credentials_provider **p)
{
	*p = credentials_provider_free(*p);
}

/* Refreshed when they are older: in the first span by who comes first, while others go on
 * with the old ones, and a failure is no error yet; in the second all wait. */
enum { CREDENTIALS_ADVISORY_S = 15 * 60, CREDENTIALS_MANDATORY_S = 10 * 60 };

/*
 * The credentials to sign with now; the caller unrefs them. Any thread may call; the one
 * that refreshes may wait for the network or run a command. ERR_TOOL when there are none,
 * ERR_USAGE when a profile is wrong.
 */
int credentials_provider_get(
	struct credentials_provider *p, struct aws_credentials **ret, struct error *err);

/*
 * A service says that these, which came from credentials_provider_get(), have expired:
 * the source is asked anew before the next are given out. False for keys that do not
 * expire: there are no others.
 */
bool credentials_provider_reject(
	struct credentials_provider *p, const struct aws_credentials *c);
