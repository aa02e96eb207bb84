/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/credentials_source.h"

#include "credentials_fake.h"

static void containers_are_asked_where_they_may_be(void **state)
{
	static const char full[] = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
	static const char token[] = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
	static const char file[] = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";
	struct fake_world *w = *state;
	CLEANUP(freep) char *path = path_join(w->directory, "token");
	const struct fake_case cases[] = {
		{ .variables = { { "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
			  "/v2/x?id=1" } },
			.script = { { "GET", "http://169.254.170.2/v2/x?id=1",
				"Accept: application/json", NULL, 200, FAKE_METADATA } },
			.key = "AKID" },
		{ .variables = { { full, "http://169.254.170.23/v1" }, { file, path },
			  { token, "other" } },
			.script = { { "GET", "http://169.254.170.23/v1",
				"Authorization: from-file", NULL, 200, FAKE_METADATA } },
			.key = "AKID" },
		{ .variables = { { full, "http://[fd00:ec2::23]/" }, { token, "own" } },
			.script = { { "GET", "http://[fd00:ec2::23]/",
				"Authorization: own", NULL, 200, FAKE_METADATA } },
			.key = "AKID" },
		{ .variables = { { full, "https://example.com/x?y" } },
			.script = { { "GET", "https://example.com/x?y", NULL, NULL, 200,
				FAKE_METADATA } },
			.key = "AKID" },
		{ .variables = { { full, "http://127.9.9.9:80/x" } },
			.script = { { "GET", "http://127.9.9.9:80/x", NULL, NULL, 500,
				"SECRET" } },
			.message = "gives no keys: status 500",
			.code = ERR_FETCH },
		{ .variables = { { full, "http://localhost/" } },
			.script = { { "GET", "http://localhost/", NULL, NULL, 200,
				"SECRET" } },
			.message = "not the JSON",
			.code = ERR_FORMAT },
		{ .variables = { { full, "http://169.254.169.254/" } },
			.message = "neither this machine nor a container's agent",
			.code = ERR_USAGE },
		{ .variables = { { full, "http://169.254.170.2.example.com/" } },
			.message = "plain http to '169.254.170.2.example.com'",
			.code = ERR_USAGE },
		{ .variables = { { full, "http://169.254.170.2@example.com/" } },
			.message = "is not https://host",
			.code = ERR_USAGE },
		{ .variables = { { full, "http://localhost/\nX: y" } },
			.message = "is no URL",
			.code = ERR_USAGE },
		{ .variables = { { "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
			  ".example.com/x" } },
			.message = "plain http to '169.254.170.2.example.com'",
			.code = ERR_USAGE },
		{ .variables = { { full, "http://localhost/" }, { token, "SEC\nRET" } },
			.message = "a line end in it",
			.code = ERR_USAGE },
	};

	fake_world_write(w, "token", "from-file");
	fake_world_run(state, cases, ARRAY_SIZE(cases));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FAKE_TEST(containers_are_asked_where_they_may_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
