/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/aws_session.h"

#include <stdlib.h>

#include "aws/mfa_keys.h"
#include "aws/region.h"
#include "aws/secret.h"
#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/sandbox.h"

/* Of the program: a person is asked once, in whichever session comes first. */
static struct mfa_keys *mfa;

void aws_session_ask_codes(int (*ask)(const char *serial, char **ret_code, void *userdata,
				   struct error *err),
	void *userdata)
{
	aws_session_forget_codes();
	mfa = mfa_keys_new(ask, userdata);
}

void aws_session_forget_codes(void)
{
	mfa = mfa_keys_free(mfa);
}

void aws_session_lend_keys(struct strbuf *answer)
{
	if (mfa)
		mfa_keys_lend(mfa, answer);
}

int aws_session_regain_keys(struct error *err)
{
	CLEANUP(secret_strbuf_releasep) struct strbuf text = STRBUF_INIT;

	if (!mfa)
		return 0;
	if (sandbox_ask(&text, err) < 0)
		return error_context(err, "ask for the keys of a role");
	return mfa_keys_take_back(mfa, &text, err);
}

static int open_parts(
	const struct aws_session_spec *spec, struct aws_session *s, struct error *err)
{
	struct credentials_spec credentials = { 0 };

	if (aws_config_load(spec->profile, &s->config, err) < 0 ||
		region_resolve(s->config, spec->region, &s->region, err) < 0 ||
		credentials_fetch_init(s->config, &s->fetch, err) < 0)
		return -1;
	credentials.config = s->config;
	credentials.http = &s->fetch.http;
	credentials.region = s->region;
	credentials.mfa = mfa;
	s->credentials = credentials_provider_new(&credentials);
	if (spec->endpoint_url)
		s->endpoint_url = xstrdup(spec->endpoint_url);
	return 0;
}

int aws_session_open(
	const struct aws_session_spec *spec, struct aws_session *ret, struct error *err)
{
	*ret = (struct aws_session){ 0 };
	if (open_parts(spec, ret, err) == 0)
		return 0;
	aws_session_release(ret);
	return -1;
}

void aws_session_release(struct aws_session *s)
{
	s->credentials = credentials_provider_free(s->credentials);
	credentials_fetch_release(&s->fetch);
	s->config = aws_config_free(s->config);
	free(s->endpoint_url);
	*s = (struct aws_session){ 0 };
}

static struct aws_client_spec client_spec(
	const struct aws_session *s, enum aws_service service, const char *region)
{
	return (struct aws_client_spec){
		.config = s->config,
		.credentials = s->credentials,
		.service = service,
		.region = region,
		.endpoint_url = s->endpoint_url,
	};
}

int aws_session_client(const struct aws_session *s, enum aws_service service,
	unsigned int connections_most, struct aws_client **ret, struct error *err)
{
	struct aws_client_spec spec = client_spec(s, service, s->region);

	spec.connections_most = connections_most;
	return aws_client_new(&spec, ret, err);
}

int aws_session_client_in(const struct aws_session *s, enum aws_service service,
	const char *region, struct aws_client **ret, struct error *err)
{
	const struct aws_client_spec spec = client_spec(s, service, region);

	return aws_client_new(&spec, ret, err);
}

char *aws_session_url(const struct aws_client *c)
{
	const struct url *url = aws_client_url(c);

	return xasprintf(
		"%s://%s%s", url->is_https ? "https" : "http", url->authority, url->path);
}
