/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "client_support.h"

#include "aws/ec2.h"
#include "oracle.h"

void world_release(struct world *w)
{
	w->client = aws_client_free(w->client);
	w->provider = credentials_provider_free(w->provider);
	credentials_fetch_release(&w->fetch);
	w->config = aws_config_free(w->config);
	w->fake = fake_free(w->fake);
}

void world_start(
	struct world *w, void **state, enum aws_service service, const char *script)
{
	struct credentials_spec credentials = { .region = "us-east-1" };
	struct aws_client_spec spec = { .service = service, .region = "us-east-1" };
	struct error err = ERROR_INIT;
	CLEANUP(freep) char *url = NULL;

	w->dir = *state;
	w->fake = fake_start(w->dir, script);
	url = fake_url(w->fake, "");
	assert_int_equal(setenv("AWS_ENDPOINT_URL", url, 1), 0);
	if (aws_config_load(NULL, &w->config, &err) < 0 ||
		credentials_fetch_init(w->config, &w->fetch, &err) < 0)
		fail_msg("%s", err.msg);
	credentials.config = w->config;
	credentials.http = &w->fetch.http;
	w->provider = credentials_provider_new(&credentials);
	spec.config = w->config;
	spec.credentials = w->provider;
	if (aws_client_new(&spec, &w->client, &err) < 0)
		fail_msg("%s", err.msg);
}

void use_keys(void **state)
{
	CLEANUP(freep) char *config = path_join(*state, "config");

	oracle_clear_environment();
	assert_int_equal(setenv("AWS_CONFIG_FILE", config, 1), 0);
	assert_int_equal(setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent", 1), 0);
	assert_int_equal(setenv("AWS_EC2_METADATA_DISABLED", "true", 1), 0);
	assert_int_equal(setenv("AWS_ACCESS_KEY_ID", "AKID", 1), 0);
	assert_int_equal(setenv("AWS_SECRET_ACCESS_KEY", "SECRET", 1), 0);
}

void assert_signed(
	const struct world *w, const char *service, const char *token, unsigned int count)
{
	CLEANUP(strv_releasep) struct strv arguments = STRV_INIT;
	CLEANUP(freep) char *url = fake_url(w->fake, "");

	STRV_ADD(&arguments, SIGNATURE_ORACLE,
		strncmp(url, "https", 5) == 0 ? "https" : "http", "us-east-1", service,
		*token ? "AKTEMP" : "AKID", "SECRET", token);
	for (unsigned int i = 1; i <= count; i++)
		strv_addf(&arguments, "%s/requests/%u", w->dir, i);
	free(oracle_ask(&arguments));
}

static const char *const ids[] = { "snap-1" };
static const struct ec2_describe_snapshots describe = { .snapshot_ids = { ids, 1 } };
const struct aws_call describing = { .action = { .query = &ec2_describe_snapshots_action,
					     .request = &describe } };
