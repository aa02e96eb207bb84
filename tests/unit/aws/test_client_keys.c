/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The keys that a client signs with: where they come from, and what it does when there
 * are none, or when they are no longer good.
 */
#include "aws/client.h"

#include <signal.h>
#include <sys/stat.h>

#include "client_support.h"
#include "oracle.h"

static void without_keys_nothing_is_sent(void **state)
{
	CLEANUP(aws_result_releasep) struct aws_result r = AWS_RESULT_INIT;
	CLEANUP(freep) char *sent = NULL;
	struct world w = { 0 };
	struct error err = ERROR_INIT;

	use_keys(state);
	assert_int_equal(unsetenv("AWS_ACCESS_KEY_ID"), 0);
	assert_int_equal(unsetenv("AWS_SECRET_ACCESS_KEY"), 0);
	world_start(&w, state, AWS_EC2, "{\"answers\": [" UNEXPECTED "]}");
	assert_int_equal(aws_client_call(w.client, &describing, &r, &err), -1);
	unit_assert_error(&err, ERR_TOOL, "DescribeSnapshots: ");
	sent = fake_request(w.fake, 1);
	assert_null(sent);
	world_release(&w);
}

/* A profile whose keys STS gives, for those of another one. */
static void use_role(void **state)
{
	use_keys(state);
	assert_int_equal(unsetenv("AWS_ACCESS_KEY_ID"), 0);
	unit_write_file(*state, "config",
		"[default]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = s\n"
		"[profile s]\naws_access_key_id = AKID\naws_secret_access_key = "
		"SECRET\n");
}

/* The keys come from STS, at the same fake, which first fails once. */
static void a_role_is_assumed_over_http(void **state)
{
	static const char script[] =
		"{\"answers\": [{\"status\": 500}, {\"body\": \"<AssumeRoleResponse "
		"xmlns='x'>"
		"<AssumeRoleResult><Credentials><AccessKeyId>AKTEMP</AccessKeyId>"
		"<SecretAccessKey>SECRET</SecretAccessKey><SessionToken>TOKEN+/=</"
		"SessionToken>"
		"<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></"
		"AssumeRoleResult>"
		"</AssumeRoleResponse>\"}, {\"body\": "
		"\"<DescribeSnapshotsResponse/>\"}]}";
	CLEANUP(aws_result_releasep) struct aws_result r = AWS_RESULT_INIT;
	CLEANUP(freep) char *sent = NULL, *from = NULL, *to = NULL;
	struct world w = { 0 };
	struct error err = ERROR_INIT;

	use_role(state);
	world_start(&w, state, AWS_EC2, script);
	if (aws_client_call(w.client, &describing, &r, &err) < 0)
		fail_msg("%s", err.msg);
	sent = fake_request(w.fake, 3);
	assert_non_null(strstr(sent, "X-Amz-Security-Token: TOKEN+/="));
	assert_signed(&w, "sts", "", 2);
	from = path_join(*state, "requests/3");
	to = path_join(*state, "requests/1");
	assert_int_equal(rename(from, to), 0);
	assert_signed(&w, "ec2", "TOKEN+/=", 1);
	world_release(&w);
}

static void a_refusal_of_sts_is_told(void **state)
{
	static const char script[] = "{\"answers\": [{\"status\": 403, \"body\": "
				     "\"<ErrorResponse><Error><Code>"
				     "AccessDenied</Code><Message>not "
				     "you</Message></Error></ErrorResponse>\"}]}";
	CLEANUP(aws_result_releasep) struct aws_result r = AWS_RESULT_INIT;
	struct world w = { 0 };
	struct error err = ERROR_INIT;

	use_role(state);
	world_start(&w, state, AWS_EC2, script);
	assert_int_equal(aws_client_call(w.client, &describing, &r, &err), -1);
	if (!strstr(err.msg, "not you (AccessDenied, status 403)") ||
		strstr(err.msg, "SECRET"))
		fail_msg("%s", err.msg);
	world_release(&w);
}

#define EXPIRED                                                                       \
	"{\"status\": 403, \"times\": 2, \"body\": \"<Response><Errors><Error><Code>" \
	"ExpiredToken</Code><Message>too old</Message></Error></Errors></Response>\"}"

/* A process whose keys are other ones each time: AKID-1, AKID-2, … */
static void use_keys_that_change(void **state)
{
	CLEANUP(freep)
	char *script = xasprintf("#!/bin/sh\necho x >>'%s/asked'\n"
				 "printf '{\"Version\": 1, \"AccessKeyId\": "
				 "\"AKID-%%s\", \"SecretAccessKey\": \"S\", "
				 "\"SessionToken\": \"T\", \"Expiration\": "
				 "\"2099-01-01T00:00:00Z\"}' "
				 "$(grep -c x '%s/asked')\n",
		(char *)*state, (char *)*state);
	CLEANUP(freep) char *path = path_join(*state, "keys");
	CLEANUP(freep)
	char *config = xasprintf("[default]\ncredential_process = %s\n", path);

	use_keys(state);
	assert_int_equal(unsetenv("AWS_ACCESS_KEY_ID"), 0);
	unit_write_file(*state, "keys", script);
	assert_int_equal(chmod(path, 0700), 0);
	unit_write_file(*state, "config", config);
}

static void assert_signed_by(const struct world *w, unsigned int number, const char *key)
{
	CLEANUP(freep) char *sent = fake_request(w->fake, number);

	assert_non_null(sent);
	if (!strstr(sent, key))
		fail_msg("request %u is not signed with %s: %s", number, key, sent);
}

/* Two calls at once, with the same keys: both hear of it, new ones are asked for once. */
static void keys_that_have_expired_are_renewed_once(void **state)
{
	static const char script[] =
		"{\"answers\": [" EXPIRED ", {\"times\": 2, \"body\": "
		"\"<DescribeSnapshotsResponse/>\"}, " EXPIRED "]}";
	struct http_wait wait = { .also_fd = -1 };
	struct world w = { 0 };
	struct error err = ERROR_INIT;
	uint64_t id;

	use_keys_that_change(state);
	world_start(&w, state, AWS_EC2, script);
	for (int i = 0; i < 2; i++)
		assert_int_equal(aws_client_submit(w.client, &describing, &id, &err), 0);
	for (int i = 0; i < 2; i++) {
		CLEANUP(aws_result_releasep) struct aws_result r = AWS_RESULT_INIT;

		assert_int_equal(aws_client_next(w.client, &wait, &id, &r, &err), 0);
		assert_null(r.error);
	}
	for (unsigned int i = 1; i <= 4; i++)
		assert_signed_by(&w, i, i <= 2 ? "AKID-1/" : "AKID-2/");
	/* When the new ones are refused too, that is the end. */
	{
		CLEANUP(aws_result_releasep) struct aws_result r = AWS_RESULT_INIT;

		assert_int_equal(aws_client_call(w.client, &describing, &r, &err), -1);
		unit_assert_error(&err, ERR_FETCH, "too old (ExpiredToken");
	}
	assert_signed_by(&w, 6, "AKID-3/");
	assert_null(fake_request(w.fake, 7));
	world_release(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(without_keys_nothing_is_sent),
		SCRATCH_TEST(a_role_is_assumed_over_http),
		SCRATCH_TEST(a_refusal_of_sts_is_told),
		SCRATCH_TEST(keys_that_have_expired_are_renewed_once),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
