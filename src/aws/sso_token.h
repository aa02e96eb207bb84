/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Renewing the token of an sso_session, as botocore does: with the refresh token and the
 * client that `aws sso login` has left beside it in the cache, where the new one goes.
 */
#pragma once

#include "aws/credentials_source.h"

struct sso_token_place {
	const char *start_url, *region;
	const char *path; /* of the file in the cache */
};

/* Before it expires, a token is renewed within this span. */
enum { SSO_TOKEN_RENEWED_S = 15 * 60 };

/*
 * Renew the token whose file has `text`: *ret is the new one (session_token, expiration),
 * and as it was when the file does not say how, or SSO refuses; -1 when nobody answers.
 */
int sso_token_renew(const struct credentials_context *c,
	const struct sso_token_place *place, const char *text, size_t length_bytes,
	struct credentials_fields *ret, struct error *err);
