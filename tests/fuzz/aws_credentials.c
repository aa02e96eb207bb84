/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a stranger answers who is asked for credentials: JSON of each shape, and the
 * addresses and moments in it. No message shows any of it.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "aws/credentials_json.h"
#include "aws/credentials_source.h"
#include "aws/timestamp.h"
#include "aws/url.h"
#include "base/alloc.h"
#include "base/cleanup.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void decode(const char *text, size_t size, enum credentials_json shape)
{
	CLEANUP(credentials_fields_releasep) struct credentials_fields fields = { 0 };
	CLEANUP(aws_credentials_unrefp) struct aws_credentials *c = NULL;
	struct error err = ERROR_INIT;

	if (credentials_json_decode(text, size, shape, "it", &fields, &err) < 0 ||
		credentials_from_fields(&fields, true, "it", &c, &err) < 0) {
		check(strncmp(err.msg, "it ", 3) == 0 ||
			strncmp(err.msg, "the answer of it ", 17) == 0);
		return;
	}
	check(*c->access_key_id && *c->secret_access_key && *c->session_token);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(freep) char *text = xstrndup((const char *)data, size);
	CLEANUP(url_releasep) struct url u = { 0 };
	struct error err = ERROR_INIT;
	int64_t seconds;

	for (int shape = 0; shape <= CREDENTIALS_JSON_SSO_TOKEN; shape++)
		decode((const char *)data, size, (enum credentials_json)shape);
	if (url_parse(text, "it", &u, &err) == 0)
		check(*u.host && u.port && strstr(u.authority, u.host) &&
			(!*u.path || *u.path == '/'));
	(void)timestamp_parse(text, &seconds);
	return 0;
}
