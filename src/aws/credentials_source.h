/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where credentials come from: one function a source, for credentials.c. A source that is
 * not configured returns 0 and *ret NULL, and the next one is asked; one that is, and
 * fails, is an error.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "aws/credentials.h"
#include "aws/server_clock.h"
#include "aws/sigv4.h"

/* A profile whose role needs the credentials of another: the way back. */
struct credentials_visit {
	const char *profile;
	const struct credentials_visit *from;
};

struct credentials_context {
	const struct credentials_spec *spec;
	const char *profile;
	bool use_environment;
	struct sigv4_signer *signer;
	int64_t now_s; /* by our clock */
	struct server_clock *clock; /* of STS; corrected by whoever learns of it */
	const struct credentials_visit *visited; /* NULL: at the first profile */
};

/* What expires is judged by the clock of who made it. */
static inline int64_t credentials_now_s(const struct credentials_context *c)
{
	return c->now_s + c->clock->ahead_s;
}

typedef int credentials_source_fn(const struct credentials_context *c,
	struct aws_credentials **ret, struct error *err);

credentials_source_fn credentials_from_environment;
credentials_source_fn credentials_from_role;
credentials_source_fn credentials_from_web_identity;
credentials_source_fn credentials_from_sso;
credentials_source_fn credentials_from_shared_file;
credentials_source_fn credentials_from_login;
credentials_source_fn credentials_from_process;
credentials_source_fn credentials_from_config_file;
credentials_source_fn credentials_from_container;
credentials_source_fn credentials_from_instance;

/* Those that a profile by itself configures, in their order: for source_profile. */
credentials_source_fn credentials_from_profile;

/* A setting of the profile that is asked for; NULL: not there. */
const char *credentials_profile_value(
	const struct credentials_context *c, const char *key);

/* Of the decoded answer of `source`: ERR_FORMAT when a member is missing or no moment. */
int credentials_from_fields(const struct credentials_fields *f, bool is_temporary,
	const char *source, struct aws_credentials **ret, struct error *err);

/* What a source that needs the network may take. */
enum {
	CREDENTIALS_ANSWER_MOST_BYTES = 64 << 10,
	CREDENTIALS_TOKEN_MOST_BYTES = 64 << 10,
};
