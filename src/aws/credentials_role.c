/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Roles that a profile assumes: with the keys of another profile (source_profile), with
 * those of the environment, the container or the instance (credential_source), or with
 * the token of a file (web identity).
 */
#include "aws/credentials_source.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "aws/credentials_sts.h"
#include "aws/mfa_keys.h"
#include "aws/secret.h"
#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"

enum { PARAMETERS_MOST = 6 };

struct parameters {
	struct sigv4_pair pairs[PARAMETERS_MOST];
	size_t count;
};

static void add(struct parameters *p, const char *name, const char *value)
{
	if (value)
		p->pairs[p->count++] = (struct sigv4_pair){ name, value };
}

static bool is_role(const struct credentials_context *c)
{
	return credentials_profile_value(c, "role_arn") &&
	       !credentials_profile_value(c, "web_identity_token_file");
}

static bool has_keys(const struct credentials_context *c)
{
	return credentials_profile_value(c, "aws_access_key_id") ||
	       credentials_profile_value(c, "aws_secret_access_key");
}

static int from_credential_source(const struct credentials_context *c, const char *name,
	struct aws_credentials **ret, struct error *err)
{
	static const struct {
		const char *name;
		credentials_source_fn *load;
	} sources[] = {
		{ "Environment", credentials_from_environment },
		{ "EcsContainer", credentials_from_container },
		{ "Ec2InstanceMetadata", credentials_from_instance },
	};
	struct credentials_context from = *c;

	from.use_environment = true;
	for (size_t i = 0; i < ARRAY_SIZE(sources); i++) {
		if (strcasecmp(name, sources[i].name) != 0)
			continue;
		if (sources[i].load(&from, ret, err) < 0)
			return -1;
		if (!*ret)
			return error_set(err, ERR_TOOL, 0,
				"profile '%s': credential_source %s has no credentials",
				c->profile, name);
		return 0;
	}
	return error_set(err, ERR_USAGE, 0,
		"profile '%s': credential_source is '%s', not Environment, EcsContainer "
		"or "
		"Ec2InstanceMetadata",
		c->profile, name);
}

/* Each profile once, but that a role may use the keys of its own profile. */
static int check_visit(const struct credentials_context *c, const char *name,
	const struct credentials_context *from, struct error *err)
{
	bool is_itself = strcmp(name, c->profile) == 0, loops = is_itself;

	if (!aws_config_has_profile(c->spec->config, name))
		return error_set(err, ERR_USAGE, 0,
			"profile '%s': there is no source_profile '%s'", c->profile,
			name);
	if (is_itself && has_keys(from))
		return 0;
	for (const struct credentials_visit *v = c->visited; v && !loops; v = v->from)
		loops = strcmp(v->profile, name) == 0;
	if (!loops)
		return 0;
	return error_set(err, ERR_USAGE, 0,
		"profile '%s': source_profile '%s' leads back to itself", c->profile,
		name);
}

static int from_source_profile(const struct credentials_context *c, const char *name,
	struct aws_credentials **ret, struct error *err)
{
	const struct credentials_visit here = { c->profile, c->visited };
	struct credentials_context from = *c;

	from.profile = name;
	from.use_environment = false;
	from.visited = &here;
	if (check_visit(c, name, &from, err) < 0)
		return -1;
	if (is_role(&from) && !has_keys(&from))
		return credentials_from_role(&from, ret, err);
	if (credentials_from_profile(&from, ret, err) < 0)
		return -1;
	if (!*ret)
		return error_set(err, ERR_TOOL, 0,
			"profile '%s': source_profile '%s' has no credentials",
			c->profile, name);
	return 0;
}

static int source_keys(const struct credentials_context *c, struct aws_credentials **ret,
	struct error *err)
{
	const char *profile = credentials_profile_value(c, "source_profile");
	const char *source = credentials_profile_value(c, "credential_source");

	if (!profile == !source)
		return error_set(err, ERR_USAGE, 0,
			"profile '%s' has a role_arn, and %s of source_profile and "
			"credential_source",
			c->profile, profile ? "both" : "none");
	return profile ? from_source_profile(c, profile, ret, err)
		       : from_credential_source(c, source, ret, err);
}

static int ask_code(const struct credentials_context *c, const char *serial,
	char **ret_code, struct error *err)
{
	char *code = NULL;

	if (c->spec->mfa && mfa_keys_ask(c->spec->mfa, serial, &code, err) < 0)
		return error_context(err, "profile '%s'", c->profile);
	if (!code)
		return error_set(err, ERR_USAGE, 0,
			"profile '%s' wants the code of the MFA device '%s', and nobody "
			"can be asked",
			c->profile, serial);
	*ret_code = code;
	return 0;
}

/* A number of seconds, or it is passed over, as botocore does. */
static const char *duration(const struct credentials_context *c)
{
	const char *text = credentials_profile_value(c, "duration_seconds");

	return text && *text && !text[strspn(text, "0123456789")] ? text : NULL;
}

static char *session_name(const struct credentials_context *c, const char *given)
{
	return given ? xstrdup(given) : xasprintf("amiwright-%lld", (long long)c->now_s);
}

static int assume(const struct credentials_context *c, const char *serial,
	struct aws_credentials **ret, struct error *err)
{
	CLEANUP(aws_credentials_unrefp) struct aws_credentials *keys = NULL;
	CLEANUP(secret_string_freep) char *code = NULL;
	CLEANUP(freep) char *session = NULL;
	struct parameters p = { 0 };

	if (source_keys(c, &keys, err) < 0 ||
		(serial && ask_code(c, serial, &code, err) < 0))
		return -1;
	session = session_name(c, credentials_profile_value(c, "role_session_name"));
	add(&p, "RoleArn", credentials_profile_value(c, "role_arn"));
	add(&p, "RoleSessionName", session);
	add(&p, "ExternalId", credentials_profile_value(c, "external_id"));
	add(&p, "SerialNumber", serial);
	add(&p, "TokenCode", code);
	add(&p, "DurationSeconds", duration(c));
	return credentials_ask_sts(
		c, "AssumeRole", p.pairs, p.count, keys, "an assumed role", ret, err);
}

/* With a code, or with what one has brought before. */
static int assume_by_code(const struct credentials_context *c, const char *serial,
	struct aws_credentials **ret, struct error *err)
{
	const char *role = credentials_profile_value(c, "role_arn");
	struct mfa_keys *mfa = c->spec->mfa;
	int rc = 0;

	mfa_keys_begin(mfa);
	*ret = mfa_keys_find(mfa, c->profile, role, c->now_s, c->clock);
	if (!*ret) {
		rc = assume(c, serial, ret, err);
		if (rc == 0)
			mfa_keys_keep(mfa, c->profile, role, *ret, c->clock);
	}
	mfa_keys_end(mfa);
	return rc;
}

int credentials_from_role(const struct credentials_context *c,
	struct aws_credentials **ret, struct error *err)
{
	const char *serial = credentials_profile_value(c, "mfa_serial");

	*ret = NULL;
	if (!is_role(c))
		return 0;
	return serial && c->spec->mfa ? assume_by_code(c, serial, ret, err)
				      : assume(c, serial, ret, err);
}

/* The environment's setting, else the profile's. */
static const char *web_setting(
	const struct credentials_context *c, const char *variable, const char *key)
{
	const char *value = c->use_environment ? getenv(variable) : NULL;

	return value ? value : credentials_profile_value(c, key);
}

int credentials_from_web_identity(const struct credentials_context *c,
	struct aws_credentials **ret, struct error *err)
{
	const char *path =
		web_setting(c, "AWS_WEB_IDENTITY_TOKEN_FILE", "web_identity_token_file");
	const char *role = web_setting(c, "AWS_ROLE_ARN", "role_arn");
	CLEANUP(secret_string_freep) char *token = NULL;
	CLEANUP(freep) char *session = NULL;
	struct parameters p = { 0 };

	*ret = NULL;
	if (!path || !*path)
		return 0;
	if (!role || !*role)
		return error_set(err, ERR_USAGE, 0,
			"a web identity token file is named, and no role: set "
			"AWS_ROLE_ARN "
			"or role_arn of profile '%s'",
			c->profile);
	/* Whoever gives out the token writes a new one from time to time. */
	if (file_read_all(path, CREDENTIALS_TOKEN_MOST_BYTES, &token, NULL, err) < 0)
		return error_context(err, "web identity token");
	session = session_name(
		c, web_setting(c, "AWS_ROLE_SESSION_NAME", "role_session_name"));
	add(&p, "RoleArn", role);
	add(&p, "RoleSessionName", session);
	add(&p, "WebIdentityToken", token);
	return credentials_ask_sts(c, "AssumeRoleWithWebIdentity", p.pairs, p.count, NULL,
		"a web identity", ret, err);
}
