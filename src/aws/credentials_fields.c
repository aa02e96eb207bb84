/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/credentials_source.h"

#include <stdlib.h>

#include "aws/secret.h"
#include "aws/timestamp.h"

void credentials_http_response_release(struct credentials_http_response *r)
{
	secret_strbuf_release(&r->body);
	free(r->date);
	r->date = NULL;
}

void credentials_fields_release(struct credentials_fields *f)
{
	secret_string_free(f->access_key_id);
	secret_string_free(f->secret_access_key);
	secret_string_free(f->session_token);
	secret_string_free(f->expiration);
	*f = (struct credentials_fields){ 0 };
}

static bool is_missing(const char *text)
{
	return !text || !*text;
}

int credentials_from_fields(const struct credentials_fields *f, bool is_temporary,
	const char *source, struct aws_credentials **ret, struct error *err)
{
	const char *missing =
		is_missing(f->access_key_id)		       ? "an access key id"
		: is_missing(f->secret_access_key)	       ? "a secret access key"
		: is_temporary && is_missing(f->session_token) ? "a session token"
		: is_temporary && is_missing(f->expiration)    ? "an expiration"
							       : NULL;
	int64_t expires_at_s = 0;

	if (missing)
		return error_set(
			err, ERR_FORMAT, 0, "the answer of %s lacks %s", source, missing);
	if (!is_missing(f->expiration) && !timestamp_parse(f->expiration, &expires_at_s))
		return error_set(err, ERR_FORMAT, 0,
			"the answer of %s expires at no moment that can be read", source);
	*ret = aws_credentials_new(f->access_key_id, f->secret_access_key,
		is_missing(f->session_token) ? NULL : f->session_token, expires_at_s,
		source);
	return 0;
}
