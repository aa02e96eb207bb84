/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What ~/.aws/config and ~/.aws/credentials say, as botocore reads them: profiles,
 * sso-sessions and services. The files are those that AWS_CONFIG_FILE and
 * AWS_SHARED_CREDENTIALS_FILE name; one that is not there is an empty one.
 *
 * Strings returned belong to the configuration. It does not change once it is loaded, so
 * threads may share it. The environment is asked for when a value is wanted.
 */
#pragma once

#include <stdbool.h>

#include "base/error.h"

struct aws_config;

/*
 * `profile` is what the user named, or NULL: AWS_DEFAULT_PROFILE, AWS_PROFILE, "default".
 * A profile that was named and stands in neither file is ERR_USAGE.
 */
int aws_config_load(const char *profile, struct aws_config **ret, struct error *err);
struct aws_config *aws_config_free(struct aws_config *c);
static inline void aws_config_freep(struct aws_config **c)
{
	*c = aws_config_free(*c);
}

const char *aws_config_profile(const struct aws_config *c);

/* True when the user named the profile: keys in the environment are then not used. */
bool aws_config_profile_is_explicit(const struct aws_config *c);

/* "~/.aws" with the user's home directory; the caller frees. */
char *aws_config_home(const char *name);

/* Of a profile, in either file: the credentials file wins, as it does in botocore. */
bool aws_config_has_profile(const struct aws_config *c, const char *profile);
const char *aws_config_get(
	const struct aws_config *c, const char *profile, const char *key);

/* Of a profile in one of the files. */
const char *aws_config_get_credential(
	const struct aws_config *c, const char *profile, const char *key);
const char *aws_config_get_config(
	const struct aws_config *c, const char *profile, const char *key);

/* Of [sso-session NAME]; NULL also when there is no such section. */
const char *aws_config_sso_session(
	const struct aws_config *c, const char *session, const char *key);

/*
 * "key = value" below "service =" in [services NAME], to be freed; NULL: it is not there.
 * ret_found, which may be NULL, tells whether the section is.
 */
char *aws_config_service(const struct aws_config *c, const char *services,
	const char *service, const char *key, bool *ret_found);

/* A setting of the environment ("" is unset), else of the profile; NULL: neither. */
const char *aws_config_setting(
	const struct aws_config *c, const char *variable, const char *key);

/* The same as a boolean; anything but "true" and "false" is ERR_USAGE. */
int aws_config_flag(const struct aws_config *c, const char *variable, const char *key,
	bool *ret, struct error *err);
