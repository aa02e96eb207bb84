/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/ec2_calls.h"

#include <signal.h>

#include "service_support.h"
#include "unit.h"

#define PAGE(items, more)                                             \
	"{\"body\": \"<DescribeSnapshotsResponse><snapshotSet>" items \
	"</snapshotSet>" more "</DescribeSnapshotsResponse>\"}"
#define ITEM(id) "<item><snapshotId>" id "</snapshotId></item>"
#define REFUSAL(code)                                                           \
	"{\"status\": 400, \"times\": 0, \"body\": \"<Response><Errors><Error>" \
	"<Code>" code "</Code><Message>no</Message></Error></Errors></Response>\"}"

static void start(
	struct service *s, const char *dir, const char *answers, struct aws_client **ec2)
{
	CLEANUP(freep) char *script = xasprintf("{\"answers\": [%s]}", answers);
	struct error err = ERROR_INIT;

	service_start(s, dir, script);
	if (aws_session_client(&s->session, AWS_EC2, 0, ec2, &err) < 0)
		fail_msg("%s", err.msg);
}

static void client_freep(struct aws_client **c)
{
	*c = aws_client_free(*c);
}

static void all_pages_are_read(void **state)
{
	static const char *const value = "r-1";
	const struct ec2_filter filter = { "tag:amiwright:run-id", { &value, 1 } };
	CLEANUP(service_releasep) struct service s = { 0 };
	CLEANUP(client_freep) struct aws_client *ec2 = NULL;
	CLEANUP(ec2_list_releasep) struct ec2_list found = { 0 };
	CLEANUP(freep) char *first = NULL, *third = NULL;
	struct error err = ERROR_INIT;

	start(&s, *state,
		PAGE(ITEM("snap-1") ITEM("snap-2"),
			"<nextToken>t-2</nextToken>") ", " PAGE("",
			"<nextToken>t-3</nextToken>") ", " PAGE(ITEM("snap-3"), ""),
		&ec2);
	if (ec2_snapshots_find(ec2, &filter, 1, &found, &err) < 0)
		fail_msg("%s", err.msg);
	assert_int_equal(found.count, 3);
	assert_string_equal(ec2_snapshot_at(&found, 2)->snapshot_id, "snap-3");
	first = fake_request(s.fake, 1);
	third = fake_request(s.fake, 3);
	assert_non_null(strstr(first, "Filter.1.Value.1=r-1"));
	assert_non_null(strstr(first, "MaxResults="));
	assert_null(strstr(first, "NextToken="));
	assert_non_null(strstr(third, "NextToken=t-3"));
}

/* What is missing is nothing found; all else is a failure. */
static void missing_is_no_failure(void **state)
{
	static const struct {
		const char *answers;
		enum err_code fails;
		size_t count;
	} cases[] = {
		{ PAGE(ITEM("snap-1"), ""), ERR_NONE, 1 },
		{ PAGE("", ""), ERR_NONE, 0 },
		{ REFUSAL("InvalidSnapshot.NotFound"), ERR_NONE, 0 },
		{ REFUSAL("InvalidAMIID.Malformed"), ERR_USAGE, 0 },
		{ REFUSAL("InvalidSnapshotID.Malformed"), ERR_USAGE, 0 },
		{ REFUSAL("InvalidSnapshotIDMalformed"), ERR_FETCH, 0 },
		{ REFUSAL("UnauthorizedOperation"), ERR_FETCH, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(service_releasep) struct service s = { 0 };
		CLEANUP(client_freep) struct aws_client *ec2 = NULL;
		CLEANUP(ec2_list_releasep) struct ec2_list found = { 0 };
		struct error err = ERROR_INIT;

		start(&s, *state, cases[i].answers, &ec2);
		assert_int_equal(ec2_snapshot_find(ec2, "snap-1", 0, &found, &err),
			cases[i].fails ? -1 : 0);
		assert_int_equal(found.count, cases[i].count);
		if (cases[i].fails)
			unit_assert_error(&err, cases[i].fails, "look at snap-1");
	}
}

static void codes_are_told_by_their_begin(void **state)
{
	static const struct {
		const char *code, *asked;
		bool is_it;
	} cases[] = {
		{ "InvalidSnapshot.NotFound", "InvalidSnapshot", true },
		{ "InvalidSnapshot.NotFound", "InvalidSnapshot.NotFound", true },
		{ "InvalidSnapshotX", "InvalidSnapshot", false },
		{ "Invalid", "InvalidSnapshot", false },
		{ NULL, "InvalidSnapshot", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct aws_result r = AWS_RESULT_INIT;

		r.refusal.code = (char *)cases[i].code;
		assert_int_equal(ec2_refused(&r, cases[i].asked), cases[i].is_it);
	}
}

static void ids_are_told_from_others(void **state)
{
	(void)state;
	assert_true(ec2_id_is_valid("ami-0123456789abcdef0", "ami-"));
	assert_false(ec2_id_is_valid("ami-", "ami-"));
	assert_false(ec2_id_is_valid("snap-1", "ami-"));
	assert_false(ec2_id_is_valid("ami-1/../2", "ami-"));
	assert_false(ec2_id_is_valid("ami-A", "ami-"));
	assert_false(ec2_id_is_valid("ami-missing", "ami-"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(all_pages_are_read),
		SCRATCH_TEST(missing_is_no_failure),
		cmocka_unit_test(codes_are_told_by_their_begin),
		cmocka_unit_test(ids_are_told_from_others),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
