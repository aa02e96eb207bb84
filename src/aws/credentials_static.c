/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keys that stand somewhere as they are: in the environment, in a file. */
#include "aws/credentials_source.h"

#include <stdlib.h>
#include <string.h>

#include "aws/timestamp.h"
#include "base/cleanup.h"

static const char *environment(const char *variable)
{
	const char *value = getenv(variable);

	return value && *value ? value : NULL;
}

int credentials_from_environment(const struct credentials_context *c,
	struct aws_credentials **ret, struct error *err)
{
	const char *id = environment("AWS_ACCESS_KEY_ID");
	const char *secret = environment("AWS_SECRET_ACCESS_KEY");
	const char *token = environment("AWS_SECURITY_TOKEN");
	const char *expires = environment("AWS_CREDENTIAL_EXPIRATION");
	int64_t expires_at_s = 0;

	*ret = NULL;
	if (!c->use_environment || !id)
		return 0;
	if (!secret)
		return error_set(err, ERR_TOOL, 0,
			"AWS_ACCESS_KEY_ID is set, and AWS_SECRET_ACCESS_KEY is not");
	if (expires && !timestamp_parse(expires, &expires_at_s))
		return error_set(err, ERR_USAGE, 0,
			"AWS_CREDENTIAL_EXPIRATION is not of the form "
			"2026-11-21T08:41:37Z");
	*ret = aws_credentials_new(id, secret,
		token ? token : environment("AWS_SESSION_TOKEN"), expires_at_s,
		"the environment");
	return 0;
}

typedef const char *get_fn(
	const struct aws_config *config, const char *profile, const char *key);

static int from_file(const struct credentials_context *c, get_fn *get, const char *source,
	struct aws_credentials **ret, struct error *err)
{
	const struct aws_config *config = c->spec->config;
	const char *id = get(config, c->profile, "aws_access_key_id");
	const char *secret = get(config, c->profile, "aws_secret_access_key");
	const char *token = get(config, c->profile, "aws_security_token");

	*ret = NULL;
	if (!id)
		return 0;
	if (!token)
		token = get(config, c->profile, "aws_session_token");
	if (!*id || !secret || !*secret)
		return error_set(err, ERR_USAGE, 0,
			"%s: profile '%s' has aws_access_key_id or "
			"aws_secret_access_key alone",
			source, c->profile);
	*ret = aws_credentials_new(id, secret, token && *token ? token : NULL, 0, source);
	return 0;
}

int credentials_from_shared_file(const struct credentials_context *c,
	struct aws_credentials **ret, struct error *err)
{
	return from_file(c, aws_config_get_credential, "the credentials file", ret, err);
}

int credentials_from_config_file(const struct credentials_context *c,
	struct aws_credentials **ret, struct error *err)
{
	return from_file(c, aws_config_get_config, "the config file", ret, err);
}

/* What `aws login` keeps is of use to the AWS CLI alone: it signs with its own key. */
int credentials_from_login(const struct credentials_context *c,
	struct aws_credentials **ret, struct error *err)
{
	*ret = NULL;
	if (!credentials_profile_value(c, "login_session"))
		return 0;
	return error_set(err, ERR_USAGE, 0,
		"profile '%s' is one of 'aws login', which is not known here; use a "
		"profile "
		"with: credential_process = aws configure export-credentials --profile "
		"%s",
		c->profile, c->profile);
}
