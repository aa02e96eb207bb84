/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/credentials_json.h"

#include <stdbool.h>
#include <string.h>
#include <time.h>

#include <jansson.h>

#include "base/alloc.h"
#include "base/cleanup.h"

static const struct shape {
	const char *inside; /* the object that holds the members, where not the whole */
	const char *access_key_id, *secret_access_key, *session_token, *expiration;
	bool in_seconds; /* from now, is the expiration */
} shapes[] = {
	[CREDENTIALS_JSON_PROCESS] = { NULL, "AccessKeyId", "SecretAccessKey",
		"SessionToken", "Expiration" },
	[CREDENTIALS_JSON_METADATA] = { NULL, "AccessKeyId", "SecretAccessKey", "Token",
		"Expiration" },
	[CREDENTIALS_JSON_SSO_ROLE] = { "roleCredentials", "accessKeyId",
		"secretAccessKey", "sessionToken", "expiration" },
	[CREDENTIALS_JSON_SSO_TOKEN] = { NULL, NULL, NULL, "accessToken", "expiresAt" },
	[CREDENTIALS_JSON_SSO_CLIENT] = { NULL, "clientId", "clientSecret",
		"refreshToken", "registrationExpiresAt" },
	[CREDENTIALS_JSON_SSO_RENEWED] = { NULL, "refreshToken", NULL, "accessToken",
		"expiresIn", .in_seconds = true },
};

/* The strings of an object are zeroed before jansson frees them. */
static void wipe(json_t *value)
{
	const char *key;
	json_t *member;

	if (json_is_string(value))
		explicit_bzero(
			(char *)json_string_value(value), json_string_length(value));
	json_object_foreach(value, key, member) wipe(member);
}

static void json_releasep(json_t **j)
{
	if (*j)
		wipe(*j);
	json_decref(*j);
}

/* A string, or a moment in milliseconds since 1970, which becomes one. */
static char *member_text(const json_t *object, const char *key)
{
	const json_t *value = key ? json_object_get(object, key) : NULL;
	char text[32];
	struct tm tm;
	time_t t;

	if (json_is_string(value))
		return xstrdup(json_string_value(value));
	if (!json_is_integer(value))
		return NULL;
	t = (time_t)(json_integer_value(value) / 1000);
	if (!gmtime_r(&t, &tm) ||
		!strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm))
		return NULL;
	return xstrdup(text);
}

static char *expiration_text(const json_t *object, const struct shape *s)
{
	const json_t *value = json_object_get(object, s->expiration);

	if (!s->in_seconds)
		return member_text(object, s->expiration);
	return json_is_integer(value)
		       ? xasprintf("%" JSON_INTEGER_FORMAT, json_integer_value(value))
		       : NULL;
}

int credentials_json_decode(const char *text, size_t length_bytes,
	enum credentials_json shape, const char *what, struct credentials_fields *ret,
	struct error *err)
{
	CLEANUP(json_releasep) json_t *root = json_loadb(text, length_bytes, 0, NULL);
	const struct shape *s = &shapes[shape];
	const json_t *object = root;

	if (s->inside)
		object = json_object_get(root, s->inside);
	if (!json_is_object(object))
		return error_set(
			err, ERR_FORMAT, 0, "%s is not the JSON that it should be", what);
	if (shape == CREDENTIALS_JSON_PROCESS &&
		json_integer_value(json_object_get(object, "Version")) != 1)
		return error_set(
			err, ERR_FORMAT, 0, "%s has another Version than 1", what);
	*ret = (struct credentials_fields){
		.access_key_id = member_text(object, s->access_key_id),
		.secret_access_key = member_text(object, s->secret_access_key),
		.session_token = member_text(object, s->session_token),
		.expiration = expiration_text(object, s),
	};
	return 0;
}
