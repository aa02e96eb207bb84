/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/credentials_source.h"

#include "credentials_fake.h"

#define ROLES "/latest/meta-data/iam/security-credentials/"
#define IMDS "http://169.254.169.254"

static void instances_are_asked_by_version_two(void **state)
{
	static const char off[] = "AWS_EC2_METADATA_DISABLED";
	static const char at[] = "AWS_EC2_METADATA_SERVICE_ENDPOINT";
	static const struct fake_case cases[] = {
		{ .variables = { { off, "false" } },
			.script = { { "PUT", IMDS "/latest/api/token",
					    "X-aws-ec2-metadata-token-ttl-seconds: 21600",
					    NULL, 200, "tok" },
				{ "GET", IMDS ROLES, "X-aws-ec2-metadata-token: tok",
					NULL, 200, "my role\nother" },
				{ "GET", IMDS ROLES "my%20role",
					"X-aws-ec2-metadata-token: tok", NULL, 200,
					FAKE_METADATA } },
			.key = "AKID" },
		{ .variables = { { off, "false" },
			  { "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "IPv6" } },
			.script = { { "PUT", "http://[fd00:ec2::254]/latest/api/token",
				NULL, NULL, 0, NULL } },
			.message = "no credentials in",
			.code = ERR_TOOL },
		{ .variables = { { off, "false" }, { at, "http://localhost:1338/" } },
			.script = { { "PUT", "http://localhost:1338/latest/api/token",
				NULL, NULL, 403, "SECRET" } },
			.message = "no credentials in",
			.code = ERR_TOOL },
		{ .variables = { { off, "false" } },
			.script = { { "PUT", IMDS "/latest/api/token", NULL, NULL, 200,
					    "tok" },
				{ "GET", IMDS ROLES, NULL, NULL, 404, "" } },
			.message = "no credentials in",
			.code = ERR_TOOL },
		{ .variables = { { off, "false" } },
			.script = { { "PUT", IMDS "/latest/api/token", NULL, NULL, 200,
					    "tok" },
				{ "GET", IMDS ROLES, NULL, NULL, 200, "r" },
				{ "GET", IMDS ROLES "r", NULL, NULL, 200,
					"{\"Code\": \"Failed\", \"Message\": \"x\"}" } },
			.message = "lacks an access key id",
			.code = ERR_FORMAT },
		{ .variables = { { off, "false" }, { at, "http://10.0.0.1" } },
			.message = "nor an instance's metadata service",
			.code = ERR_USAGE },
	};

	fake_world_run(state, cases, ARRAY_SIZE(cases));
}

/* The service gives out what is about to expire while it cannot renew it. */
static void what_an_instance_cannot_renew_is_used(void **state)
{
	static const struct fake_exchange script[] = {
		{ "PUT", IMDS "/latest/api/token", NULL, NULL, 200, "tok" },
		{ "GET", IMDS ROLES, NULL, NULL, 200, "r" },
		{ "GET", IMDS ROLES "r", NULL, NULL, 200, FAKE_METADATA },
		{ 0 },
	};
	struct fake_world *w = *state;
	CLEANUP(aws_credentials_unrefp) struct aws_credentials *c = NULL;
	struct error err = ERROR_INIT;

	(void)setenv("AWS_EC2_METADATA_DISABLED", "false", 1);
	fake_now_s = FAKE_NOW_S + 6 * 3600 + 5;
	w->script = script;
	assert_null(fake_world_get(w, NULL, &c, &err));
	assert_int_equal(c->expires_at_s, fake_now_s + CREDENTIALS_ADVISORY_S + 300);
	assert_string_equal(c->secret_access_key, "SECRET");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FAKE_TEST(instances_are_asked_by_version_two),
		FAKE_TEST(what_an_instance_cannot_renew_is_used),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
