/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The JSON that credentials come in: of a command, of a container's or an instance's
 * endpoint, of SSO's portal, and of the AWS CLI's cache of SSO tokens. Messages never
 * show any of it.
 */
#pragma once

#include <stddef.h>

#include "aws/credentials_http.h"
#include "base/error.h"

enum credentials_json {
	CREDENTIALS_JSON_PROCESS, /* Version 1 */
	CREDENTIALS_JSON_METADATA,
	CREDENTIALS_JSON_SSO_ROLE,
	CREDENTIALS_JSON_SSO_TOKEN, /* the token as session_token */
	/* Of the same text: who may renew it (clientId and clientSecret as the keys),
	 * with which refreshToken (session_token), and until when. */
	CREDENTIALS_JSON_SSO_CLIENT,
	/* Of SSO-OIDC: the token as session_token, a new refreshToken as access_key_id,
	 * and in how many seconds it expires. */
	CREDENTIALS_JSON_SSO_RENEWED,
};

/* Which members are there is for the caller to ask. `what` names the text in messages. */
int credentials_json_decode(const char *text, size_t length_bytes,
	enum credentials_json shape, const char *what, struct credentials_fields *ret,
	struct error *err);
