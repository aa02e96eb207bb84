/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/endpoint.h"

#include "oracle.h"

static const char config_text[] = "[default]\n"
				  "endpoint_url = http://127.0.0.1:1/global\n"
				  "services = mine\n"
				  "[profile lost]\n"
				  "services = nowhere\n"
				  "[profile plain]\n"
				  "use_dualstack_endpoint = true\n"
				  "[services mine]\n"
				  "ec2 =\n"
				  "  endpoint_url = https://ec2.example.com/\n";

static int setup(void **state)
{
	CLEANUP(freep) char *config = NULL;

	if (scratch_make(state) < 0)
		return -1;
	oracle_clear_environment();
	config = path_join(*state, "config");
	unit_write_file(*state, "config", config_text);
	(void)setenv("AWS_CONFIG_FILE", config, 1);
	(void)setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent", 1);
	return 0;
}

static struct aws_config *load(const char *profile)
{
	struct aws_config *c = NULL;
	struct error err = ERROR_INIT;

	if (aws_config_load(profile, &c, &err) < 0)
		fail_msg("%s", err.msg);
	return c;
}

static char *resolve(const struct aws_config *c, enum aws_service service,
	const char *region, struct error *err)
{
	CLEANUP(endpoint_releasep) struct endpoint e = { 0 };

	if (endpoint_resolve(c, service, region, &e, err) < 0)
		return NULL;
	return xasprintf("%s://%s%s", e.url.is_https ? "https" : "http", e.url.authority,
		e.url.path);
}

static enum aws_service service_named(const char *name)
{
	static const char *const names[] = { "ec2", "ebs", "s3", "sts", "ssm", "kms" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(names[i], name) == 0)
			return (enum aws_service)i;
	fail_msg("service %s", name);
	return AWS_SERVICES;
}

static void botocore_resolves_the_same(void **state)
{
	CLEANUP(strv_releasep) struct strv arguments = STRV_INIT;
	CLEANUP(aws_config_freep) struct aws_config *c = NULL;
	CLEANUP(freep) char *said = NULL;
	size_t count = 0;
	char *rest, *line;

	(void)state;
	(void)setenv("AWS_CONFIG_FILE", "/nonexistent", 1);
	c = load(NULL);
	strv_add(&arguments, ENDPOINT_ORACLE);
	said = oracle_ask(&arguments);
	rest = said;
	while ((line = strsep(&rest, "\n")) && *line) {
		struct error err = ERROR_INIT;
		char *fields[5];
		CLEANUP(freep) char *got = NULL;

		for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
			assert_non_null(fields[i] = strsep(&line, "\t"));
		(void)setenv(
			"AWS_USE_FIPS_ENDPOINT", *fields[2] == '1' ? "true" : "false", 1);
		(void)setenv("AWS_USE_DUALSTACK_ENDPOINT",
			*fields[3] == '1' ? "true" : "false", 1);
		got = resolve(c, service_named(fields[0]), fields[1], &err);
		if (strcmp(got ? got : "none", fields[4]) != 0)
			fail_msg("%s in %s, FIPS %s, dual stack %s: %s, not %s",
				fields[0], fields[1], fields[2], fields[3],
				got ? got : err.msg, fields[4]);
		count++;
	}
	assert_true(count >= 700);
}

/* What older versions of botocore know otherwise, or not at all. */
static void newer_rules_are_known(void **state)
{
	static const struct {
		enum aws_service service;
		const char *region;
		bool fips, dual_stack;
		const char *url;
	} cases[] = {
		{ AWS_EC2, "eusc-de-east-1", false, false,
			"https://ec2.eusc-de-east-1.amazonaws.eu" },
		{ AWS_EBS, "eusc-de-east-1", true, true,
			"https://ebs-fips.eusc-de-east-1.api.amazonwebservices.eu" },
		{ AWS_EC2, "us-iso-west-1", false, false,
			"https://ec2.us-iso-west-1.c2s.ic.gov" },
		{ AWS_EBS, "us-isob-east-1", false, false,
			"https://ebs.us-isob-east-1.sc2s.sgov.gov" },
		{ AWS_STS, "eu-isoe-west-1", false, false,
			"https://sts.eu-isoe-west-1.cloud.adc-e.uk" },
		{ AWS_S3, "us-isof-south-1", false, true,
			"https://s3.dualstack.us-isof-south-1.csp.hci.ic.gov" },
		{ AWS_SSO, "eu-west-1", false, false,
			"https://portal.sso.eu-west-1.amazonaws.com" },
		{ AWS_SSO_OIDC, "eu-west-1", false, false,
			"https://oidc.eu-west-1.amazonaws.com" },
		{ AWS_SSO, "us-gov-west-1", true, false,
			"https://portal.sso.us-gov-west-1.amazonaws.com" },
		{ AWS_KMS, "us-isof-east-1", false, true,
			"https://kms.us-isof-east-1.api.aws.hci.ic.gov" },
	};
	CLEANUP(aws_config_freep) struct aws_config *c = NULL;

	(void)state;
	(void)setenv("AWS_CONFIG_FILE", "/nonexistent", 1);
	c = load(NULL);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct error err = ERROR_INIT;
		CLEANUP(freep) char *got = NULL;

		(void)setenv(
			"AWS_USE_FIPS_ENDPOINT", cases[i].fips ? "true" : "false", 1);
		(void)setenv("AWS_USE_DUALSTACK_ENDPOINT",
			cases[i].dual_stack ? "true" : "false", 1);
		got = resolve(c, cases[i].service, cases[i].region, &err);
		assert_string_equal(got ? got : err.msg, cases[i].url);
	}
}

/* Each more specific setting on top of those before it. */
static void own_endpoints_come_in_order(void **state)
{
	static const struct {
		const char *variable, *value;
		const char *ec2, *sts;
	} steps[] = {
		{ "AWS_X", "x", "https://ec2.example.com", "http://127.0.0.1:1/global" },
		{ "AWS_ENDPOINT_URL", "http://localhost:2/", "http://localhost:2",
			"http://localhost:2" },
		{ "AWS_ENDPOINT_URL_EC2", "http://[::1]:3", "http://[::1]:3",
			"http://localhost:2" },
		{ "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true",
			"https://ec2.eu-west-1.amazonaws.com",
			"https://sts.eu-west-1.amazonaws.com" },
	};
	CLEANUP(aws_config_freep) struct aws_config *c = load(NULL);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		struct error err = ERROR_INIT;
		CLEANUP(freep) char *ec2 = NULL;
		CLEANUP(freep) char *sts = NULL;

		(void)setenv(steps[i].variable, steps[i].value, 1);
		ec2 = resolve(c, AWS_EC2, "eu-west-1", &err);
		assert_string_equal(ec2 ? ec2 : err.msg, steps[i].ec2);
		sts = resolve(c, AWS_STS, "eu-west-1", &err);
		assert_string_equal(sts ? sts : err.msg, steps[i].sts);
	}
}

static void what_cannot_be_is_refused(void **state)
{
	static const struct {
		const char *profile, *variable, *value;
		enum aws_service service;
		const char *region, *message;
	} cases[] = {
		{ "lost", "AWS_X", "x", AWS_EC2, "eu-west-1", "services 'nowhere'" },
		{ "plain", "AWS_X", "x", AWS_EC2, "eu-wst-1",
			"no region 'eu-wst-1' is known; did you mean 'eu-west-1'?" },
		{ "plain", "AWS_X", "x", AWS_EC2, "eu-west-1.example.com/", "no region" },
		{ "plain", "AWS_X", "x", AWS_EC2, "", "no region" },
		{ "plain", "AWS_ENDPOINT_URL", "https://x", AWS_EC2, "eu-west-1",
			"neither dual stack nor FIPS" },
		{ NULL, "AWS_ENDPOINT_URL_EC2", "http://example.com", AWS_EC2,
			"eu-west-1",
			"AWS_ENDPOINT_URL_EC2 is plain http to 'example.com'" },
		{ NULL, "AWS_ENDPOINT_URL_EC2", "http://128.0.0.1", AWS_EC2, "eu-west-1",
			"plain http" },
		{ NULL, "AWS_ENDPOINT_URL_EC2", "ftp://localhost", AWS_EC2, "eu-west-1",
			"is not https://host" },
		{ NULL, "AWS_ENDPOINT_URL_EC2", "localhost:4566", AWS_EC2, "eu-west-1",
			"is not https://host" },
		{ NULL, "AWS_USE_FIPS_ENDPOINT", "maybe", AWS_EC2, "eu-west-1",
			"not true or false" },
		{ NULL, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "maybe", AWS_EC2,
			"eu-west-1", "not true or false" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(aws_config_freep)
		struct aws_config *c = load(cases[i].profile);
		struct error err = ERROR_INIT;
		CLEANUP(freep) char *got = NULL;

		(void)setenv(cases[i].variable, cases[i].value, 1);
		got = resolve(c, cases[i].service, cases[i].region, &err);
		(void)unsetenv(cases[i].variable);
		assert_null(got);
		unit_assert_error(&err, ERR_USAGE, cases[i].message);
	}
}

static void an_own_endpoint_takes_any_region(void **state)
{
	CLEANUP(aws_config_freep) struct aws_config *c = load(NULL);
	CLEANUP(endpoint_releasep) struct endpoint e = { 0 };
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(endpoint_resolve(c, AWS_S3, "local", &e, &err), 0);
	assert_true(e.is_custom);
	assert_string_equal(e.signing_name, "s3");
}

static void a_named_endpoint_is_taken_for_all(void **state)
{
	CLEANUP(endpoint_releasep) struct endpoint e = { 0 };
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(
		endpoint_at("http://localhost:4566/x", "--url", AWS_EBS, &e, &err), 0);
	assert_true(e.is_custom);
	assert_string_equal(e.signing_name, "ebs");
	assert_string_equal(e.url.authority, "localhost:4566");
	assert_int_equal(
		endpoint_at("http://example.com", "--url", AWS_EBS, &e, &err), -1);
	unit_assert_error(&err, ERR_USAGE, "--url is plain http to 'example.com'");
}

#define ENDPOINT_TEST(f) cmocka_unit_test_setup_teardown(f, setup, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ENDPOINT_TEST(botocore_resolves_the_same),
		ENDPOINT_TEST(newer_rules_are_known),
		ENDPOINT_TEST(own_endpoints_come_in_order),
		ENDPOINT_TEST(what_cannot_be_is_refused),
		ENDPOINT_TEST(an_own_endpoint_takes_any_region),
		ENDPOINT_TEST(a_named_endpoint_is_taken_for_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
