/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/aws_session.h"

#include "service_support.h"
#include "unit.h"

static const char config[] = "[default]\nregion = eu-west-2\n"
			     "[profile other]\nregion = us-east-2\n"
			     "endpoint_url = https://other.example/base/\n";

/* What the user says, and where EBS is then, or why not. */
static const struct {
	struct aws_session_spec spec;
	const char *environment[2]; /* one variable and its value */
	const char *region; /* NULL: it is refused */
	const char *address; /* or the message */
} cases[] = {
	{ { 0 }, { NULL }, "eu-west-2", "ebs.eu-west-2.amazonaws.com" },
	{ { 0 }, { "AWS_REGION", "eu-west-3" }, "eu-west-3",
		"ebs.eu-west-3.amazonaws.com" },
	{ { .region = "cn-north-1" }, { "AWS_REGION", "eu-west-3" }, "cn-north-1",
		"ebs.cn-north-1.amazonaws.com.cn" },
	{ { .profile = "other" }, { NULL }, "us-east-2", "other.example" },
	{ { .profile = "other", .region = "sa-east-1" }, { NULL }, "sa-east-1",
		"other.example" },
	{ { .profile = "other", .endpoint_url = "https://[2001:db8::1]:444" }, { NULL },
		"us-east-2", "[2001:db8::1]:444" },
	{ { .endpoint_url = "http://127.0.0.1:8000" },
		{ "AWS_ENDPOINT_URL", "https://not.this" }, "eu-west-2",
		"127.0.0.1:8000" },
	{ { 0 }, { "AWS_ENDPOINT_URL_EBS", "https://this.one" }, "eu-west-2",
		"this.one" },
	{ { .profile = "missing" }, { NULL }, NULL, "missing" },
	{ { .endpoint_url = "http://example.com" }, { NULL }, NULL, "--endpoint-url" },
	{ { .endpoint_url = "ftp://example.com" }, { NULL }, NULL, "--endpoint-url" },
	{ { 0 }, { "AWS_CONFIG_FILE", "/nonexistent" }, NULL, "region" },
};

static int open_client(const struct aws_session_spec *spec, struct aws_session *session,
	struct aws_client **ret, struct error *err)
{
	if (aws_session_open(spec, session, err) < 0)
		return -1;
	return aws_session_client(session, AWS_EBS, 0, ret, err);
}

static void options_go_before_environment_and_profile(void **state)
{
	CLEANUP(freep) char *path = path_join(*state, "config");

	unit_write_file(*state, "config", config);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(aws_session_releasep) struct aws_session session = { 0 };
		CLEANUP(aws_client_freep) struct aws_client *client = NULL;
		struct error err = ERROR_INIT;
		int rc;

		service_environment();
		assert_int_equal(unsetenv("AWS_REGION"), 0);
		assert_int_equal(setenv("AWS_CONFIG_FILE", path, 1), 0);
		if (cases[i].environment[0])
			assert_int_equal(setenv(cases[i].environment[0],
						 cases[i].environment[1], 1),
				0);
		rc = open_client(&cases[i].spec, &session, &client, &err);
		assert_int_equal(rc == 0, cases[i].region != NULL);
		if (rc < 0) {
			unit_assert_error(&err, ERR_USAGE, cases[i].address);
			continue;
		}
		assert_string_equal(session.region, cases[i].region);
		assert_string_equal(aws_client_url(client)->authority, cases[i].address);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(options_go_before_environment_and_profile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
