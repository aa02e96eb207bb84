/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/credentials_source.h"

#include "credentials_fake.h"

static void commands_are_run_without_a_shell(void **state)
{
	static const struct fake_case cases[] = {
		{ .config = "[default]\ncredential_process = printf '%s' '{\"Version\":1,"
			    "\"AccessKeyId\":\"A K\",\"SecretAccessKey\":\"$HOME;x\"}'\n",
			.key = "A K" },
		{ .config = "[default]\ncredential_process = sh -c 'echo SECRET; echo "
			    "SECRET "
			    ">&2; exit 3'\n",
			.message = "credential_process 'sh' ended with code 3",
			.code = ERR_CHILD },
		{ .config = "[default]\ncredential_process = echo SECRET\n",
			.message = "not the JSON",
			.code = ERR_FORMAT },
		{ .config = "[default]\ncredential_process = echo "
			    "'{\"Version\":2,\"x\":\"SECRET\"}'\n",
			.message = "another Version than 1",
			.code = ERR_FORMAT },
		{ .config = "[default]\ncredential_process = echo "
			    "'{\"Version\":1,\"SecretAccessKey\":\"SECRET\"}'\n",
			.message = "lacks an access key id",
			.code = ERR_FORMAT },
		{ .config = "[default]\ncredential_process = echo '{\"Version\":1,"
			    "\"AccessKeyId\":\"x\",\"SecretAccessKey\":\"SECRET\","
			    "\"Expiration\":\"SECRET\"}'\n",
			.message = "expires at no moment",
			.code = ERR_FORMAT },
		{ .config = "[default]\ncredential_process = head -c 70000 /dev/zero\n",
			.message = "printed more than 65536 bytes",
			.code = ERR_FORMAT },
		{ .config = "[default]\ncredential_process = /nonexistent/tool SECRET\n",
			.message = "'/nonexistent/tool' is not there",
			.code = ERR_TOOL },
		{ .config = "[default]\ncredential_process = tool 'SECRET\n",
			.message = "is a quote left open?",
			.code = ERR_USAGE },
		{ .config = "[default]\ncredential_process =\n",
			.message = "no command line",
			.code = ERR_USAGE },
		{ .config = "[default]\nlogin_session = x\n",
			.message = "aws configure export-credentials",
			.code = ERR_USAGE },
	};

	fake_world_run(state, cases, ARRAY_SIZE(cases));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FAKE_TEST(commands_are_run_without_a_shell),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
