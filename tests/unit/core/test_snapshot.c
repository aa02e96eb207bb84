/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/snapshot.h"

#include <signal.h>

#include "base/clock.h"
#include "service_support.h"
#include "unit.h"

#define STATE(state)                                                             \
	"{\"path\": \"/\", \"body\": \"<DescribeSnapshotsResponse><snapshotSet>" \
	"<item><snapshotId>snap-1</snapshotId><status>" state "</status>"        \
	"<statusMessage>as told</statusMessage></item></snapshotSet>"            \
	"</DescribeSnapshotsResponse>\"}"
#define GONE                                                                         \
	"{\"path\": \"/\", \"status\": 400, \"times\": 0, \"body\": "                \
	"\"<Response><Errors><Error><Code>InvalidSnapshot.NotFound</Code><Message>n" \
	"o</Message></Error></Errors></Response>\"}"
#define BUSY ", {\"status\": 503, \"times\": 4}"
#define COMPLETE(answer) "{\"path\": \"/snapshots/completion/snap-1\", " answer "}"

/* Both services are the same fake. */
struct world {
	struct service service;
	struct aws_client *ec2;
};

static void world_releasep(struct world *w)
{
	w->ec2 = aws_client_free(w->ec2);
	service_releasep(&w->service);
}

static void world_start(struct world *w, const char *dir, const char *answers)
{
	CLEANUP(freep) char *script = xasprintf("{\"answers\": [%s]}", answers);
	struct error err = ERROR_INIT;

	service_start(&w->service, dir, script);
	if (aws_session_client(&w->service.session, AWS_EC2, 0, &w->ec2, &err) < 0)
		fail_msg("%s", err.msg);
}

static void ids_are_told_from_others(void **state)
{
	static const struct {
		const char *text;
		bool is_one;
	} cases[] = {
		{ "snap-0", true },
		{ "snap-0123456789abcdef0", true },
		{ "snap-", false },
		{ "snap-0G", false },
		{ "snap-0/../x", false },
		{ "ami-0123", false },
		{ "", false },
		{ "snap-000000000000000000000000000000000000000000000000000000000000000",
			false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct error err = ERROR_INIT;

		assert_int_equal(snapshot_id_is_one(cases[i].text), cases[i].is_one);
		assert_int_equal(
			snapshot_id_check(cases[i].text, &err), cases[i].is_one ? 0 : -1);
		if (!cases[i].is_one)
			unit_assert_error(&err, ERR_USAGE, "is not a snapshot id");
	}
}

static void what_cannot_go_together_is_refused(void **state)
{
	static char long_text[SNAPSHOT_DESCRIPTION_MOST_CHARS + 2];
	static const struct {
		struct snapshot_start how;
		const char *message; /* NULL: it is fine */
	} cases[] = {
		{ { .is_encrypted = true, .kms_key_arn = "arn:aws:kms:x" }, NULL },
		{ { .parent_id = "snap-1", .tag_count = 50 }, NULL },
		{ { .tag_count = 51 }, "a snapshot can have 50" },
		{ { .description = long_text }, "longer than 255 characters" },
		{ { .kms_key_arn = "alias/mine" }, NULL },
		{ { .kms_key_arn = "1234abcd-12ab-34cd-56ef-1234567890ab" }, NULL },
		{ { .kms_key_arn = "mine" }, "'mine' is no KMS key" },
		{ { .kms_key_arn = "alias/" }, "'alias/' is no KMS key" },
		{ { .parent_id = "snap-1", .is_encrypted = true }, "--parent excludes" },
		{ { .parent_id = "snap-1", .kms_key_arn = "arn:aws:kms:x" },
			"--parent excludes" },
	};

	(void)state;
	memset(long_text, 'x', sizeof(long_text) - 1);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct error err = ERROR_INIT;

		assert_int_equal(snapshot_start_check(&cases[i].how, &err),
			cases[i].message ? -1 : 0);
		if (cases[i].message)
			unit_assert_error(&err, ERR_USAGE, cases[i].message);
	}
}

static void answers_that_lie_start_nothing(void **state)
{
	static const struct {
		const char *body, *message;
	} cases[] = {
		{ "{}", "the answer has no id of a snapshot" },
		{ "{\\\"SnapshotId\\\": \\\"../x\\\"}", "has no id of a snapshot" },
		{ "{\\\"SnapshotId\\\": \\\"snap-1\\\", \\\"BlockSize\\\": 4096}",
			"its blocks are of 4096 bytes" },
	};
	const struct snapshot_start how = { .volume_size_gib = 1, .token = "r-1" };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(world_releasep) struct world w = { 0 };
		CLEANUP(freep)
		char *answer =
			xasprintf("{\"status\": 201, \"body\": \"%s\"}", cases[i].body);
		struct error err = ERROR_INIT;
		char *id = NULL;

		world_start(&w, *state, answer);
		assert_int_equal(snapshot_start(w.service.ebs, &how, &id, &err), -1);
		unit_assert_error(&err, ERR_FORMAT, cases[i].message);
		assert_null(id);
	}
}

/* CompleteSnapshot, and what becomes of it. */
static void refusals_are_believed_when_nothing_else_explains_them(void **state)
{
	static const struct {
		const char *answers;
		bool was_completing;
		const char *message; /* NULL: it is completed */
	} cases[] = {
		{ COMPLETE("\"status\": 202, \"body\": \"{}\"") ", " STATE(
			  "pending") ", " STATE("completed"),
			false, NULL },
		/* Three attempts, and one more. */
		{ COMPLETE("\"status\": 202, \"body\": \"{}\"") ", " STATE("pending") BUSY
			", " STATE("completed"),
			false, NULL },
		{ COMPLETE("\"status\": 202, \"body\": \"{}\"") ", " STATE("error"),
			false, "snap-1 has failed: as told" },
		{ COMPLETE("\"status\": 202, \"body\": \"{}\"") ", " GONE, false,
			"snap-1 is gone" },
		{ COMPLETE("\"status\": 403, \"times\": 0"), false,
			"complete snap-1: CompleteSnapshot was refused" },
		/* It was done, and the answer was lost. */
		{ COMPLETE("\"status\": 409, \"times\": 0") ", " STATE("completed"),
			false, NULL },
		{ COMPLETE("\"status\": 403, \"times\": 0") ", " STATE("completed"), true,
			NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(world_releasep) struct world w = { 0 };
		const struct snapshot_content content = { .id = "snap-1",
			.linear = "x",
			.was_completing = cases[i].was_completing };
		struct error err = ERROR_INIT;
		int rc;

		world_start(&w, *state, cases[i].answers);
		rc = snapshot_complete(w.service.ebs, w.ec2, &content, NULL, &err);
		if (rc < 0 && !cases[i].message)
			fail_msg("%s: %s", cases[i].answers, err.msg);
		assert_int_equal(rc, cases[i].message ? -1 : 0);
		if (cases[i].message)
			unit_assert_error(&err, ERR_FETCH, cases[i].message);
	}
}

static void what_is_gone_is_removed(void **state)
{
	CLEANUP(world_releasep) struct world w = { 0 };
	struct error err = ERROR_INIT;

	world_start(&w, *state, GONE);
	assert_int_equal(snapshot_delete(w.ec2, "snap-1", 0, UNIT_PATIENCE_MS, &err), 0);
}

#define HIDDEN(times)                                                                   \
	"{\"status\": 400, \"times\": " times ", \"body\": \"<Response><Errors><Error>" \
	"<Code>InvalidSnapshot.NotFound</Code></Error></Errors></Response>\"}"

/* It is not gone, but does not show yet. */
static void what_is_young_is_waited_for_and_removed(void **state)
{
	static const struct {
		const char *answers;
		uint64_t most_ms;
		const char *message; /* NULL: it is removed */
	} cases[] = {
		{ HIDDEN("2") ", {\"body\": \"<DeleteSnapshotResponse/>\"}",
			UNIT_PATIENCE_MS, NULL },
		{ HIDDEN("0"), 500, "remove snap-1: it was made a moment ago" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(world_releasep) struct world w = { 0 };
		CLEANUP(freep) char *third = NULL;
		struct error err = ERROR_INIT;
		int rc;

		world_start(&w, *state, cases[i].answers);
		rc = snapshot_delete(
			w.ec2, "snap-1", clock_now_ms(), cases[i].most_ms, &err);
		assert_int_equal(rc, cases[i].message ? -1 : 0);
		third = fake_request(w.service.fake, 3);
		if (cases[i].message)
			unit_assert_error(&err, ERR_FETCH, cases[i].message);
		else
			assert_non_null(third);
	}
}

static void the_mark_is_one_call(void **state)
{
	CLEANUP(world_releasep) struct world w = { 0 };
	CLEANUP(freep) char *request = NULL;
	struct error err = ERROR_INIT;

	world_start(&w, *state, "{\"body\": \"<CreateTagsResponse/>\"}");
	if (snapshot_mark_finished(w.ec2, "snap-1", 0, &err) < 0)
		fail_msg("%s", err.msg);
	request = fake_request(w.service.fake, 1);
	assert_non_null(strstr(request,
		"ResourceId.1=snap-1&Tag.1.Key=amiwright%3Astate&Tag.1.Value=finished"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_are_told_from_others),
		cmocka_unit_test(what_cannot_go_together_is_refused),
		SCRATCH_TEST(answers_that_lie_start_nothing),
		SCRATCH_TEST(refusals_are_believed_when_nothing_else_explains_them),
		SCRATCH_TEST(what_is_gone_is_removed),
		SCRATCH_TEST(what_is_young_is_waited_for_and_removed),
		SCRATCH_TEST(the_mark_is_one_call),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
