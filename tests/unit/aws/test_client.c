/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/client.h"

#include <signal.h>

#include "aws/digest.h"
#include "aws/ebs.h"
#include "aws/ec2.h"
#include "base/clock.h"
#include "client_support.h"
#include "oracle.h"

#define NO_SNAPSHOT                                                                  \
	"<Response><Errors><Error><Code>InvalidSnapshot.NotFound</Code><Message>no " \
	"such</Message></Error></Errors><RequestID>r-1</RequestID></Response>"

static void a_call_goes_out_and_comes_back(void **state)
{
	struct world w = { 0 };
	CLEANUP(aws_result_releasep) struct aws_result r = AWS_RESULT_INIT;
	const struct ec2_snapshot_list *list;
	struct error err = ERROR_INIT;
	CLEANUP(freep) char *sent = NULL;

	use_keys(state);
	world_start(&w, state, AWS_EC2,
		"{\"answers\": [{\"body\": "
		"\"<DescribeSnapshotsResponse><snapshotSet><item>"
		"<snapshotId>snap-1</snapshotId><progress>7%</progress></item>"
		"</snapshotSet></DescribeSnapshotsResponse>\"}]}");
	if (aws_client_call(w.client, &describing, &r, &err) < 0)
		fail_msg("%s", err.msg);
	list = r.answer;
	assert_int_equal(list->snapshots.count, 1);
	assert_string_equal(
		((const struct ec2_snapshot *)list->snapshots.items)->progress, "7%");
	sent = fake_request(w.fake, 1);
	assert_non_null(strstr(sent, "\r\n\r\nAction=DescribeSnapshots&Version=2016-11-15"
				     "&SnapshotId.1=snap-1"));
	assert_non_null(strstr(sent, "\r\nUser-Agent: amiwright/"));
	assert_non_null(strstr(sent, "\r\namz-sdk-request: attempt=1; max=3\r\n"));
	assert_signed(&w, "ec2", "", 1);
	world_release(&w);
}

/* How often one call is sent, and how it ends. */
static const struct ending {
	const char *answers;
	uint64_t age_ms; /* 0: not of our making */
	const char *attempts;
	unsigned int requests;
	const char *said; /* NULL: it succeeds */
	const char *code;
	bool may_pass; /* the error */
} endings[] = {
	{ "{\"status\": 503}, {\"cut\": 30}, {\"body\": "
	  "\"<DescribeSnapshotsResponse/>\"}",
		0, NULL, 3, NULL, NULL },
	{ "{\"status\": 503, \"times\": 0}", 0, "2", 2,
		"after 2 attempts (all attempts failed): DescribeSnapshots was "
		"refused",
		NULL, true },
	{ "{\"status\": 400, \"body\": \"" NO_SNAPSHOT "\"}, {\"status\": 400, "
	  "\"body\": \"" NO_SNAPSHOT "\"}, {\"body\": \"<DescribeSnapshotsResponse/>\"}",
		1, "1", 3, NULL, NULL },
	{ "{\"status\": 400, \"times\": 0, \"body\": \"" NO_SNAPSHOT "\"}", 0, NULL, 1,
		"no such (InvalidSnapshot.NotFound, status 400, request id r-1)",
		"InvalidSnapshot.NotFound" },
	{ "{\"status\": 400, \"times\": 0, \"body\": \"" NO_SNAPSHOT "\"}", 120000, NULL,
		1, "no such", "InvalidSnapshot.NotFound" },
	{ "{\"body\": \"<html/>\"}", 0, NULL, 1,
		"DescribeSnapshots: the XML of the answer is refused", NULL },
	{ "{\"status\": 403}", 0, NULL, 1, "status 403", NULL },
	{ "{\"cut\": 30}", 0, "1", 1, "DescribeSnapshots: POST http://127.0.0.1", NULL,
		true },
};

static void assert_ending(void **state, const struct ending *e)
{
	CLEANUP(freep) char *script = xasprintf("{\"answers\": [%s]}", e->answers);
	CLEANUP(aws_result_releasep) struct aws_result r = AWS_RESULT_INIT;
	CLEANUP(freep) char *last = NULL, *after = NULL, *number = NULL;
	struct aws_call call = describing;
	struct world w = { 0 };
	struct error err = ERROR_INIT;

	use_keys(state);
	if (e->attempts)
		assert_int_equal(setenv("AWS_MAX_ATTEMPTS", e->attempts, 1), 0);
	if (e->age_ms)
		call.made_at_ms = clock_now_ms() - e->age_ms;
	world_start(&w, state, AWS_EC2, script);
	assert_int_equal(aws_client_call(w.client, &call, &r, &err), e->said ? -1 : 0);
	if (e->said && !strstr(err.msg, e->said))
		fail_msg("%s: %s", e->answers, err.msg);
	assert_int_equal(err.may_pass, e->may_pass);
	if (e->code)
		assert_string_equal(r.refusal.code, e->code);
	last = fake_request(w.fake, e->requests);
	after = fake_request(w.fake, e->requests + 1);
	assert_non_null(last);
	assert_null(after);
	/* What is young is looked for within one attempt. */
	assert_int_equal(r.attempts, e->age_ms && e->requests > 1 ? 1 : e->requests);
	number = xasprintf("\r\namz-sdk-request: attempt=%u; max=", r.attempts);
	assert_non_null(strstr(last, number));
	world_release(&w);
}

static void calls_end_as_they_should(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(endings); i++) {
		CLEANUP(freep) char *dir = xasprintf("%s/%zu", (char *)*state, i);
		struct error err = ERROR_INIT;
		void *own = dir;

		assert_int_equal(path_make_dirs(dir, 0755, &err), 0);
		assert_ending(&own, &endings[i]);
	}
}

static void a_wrong_clock_is_corrected(void **state)
{
	static const char format[] =
		"{\"answers\": [{\"status\": 403, \"headers\": {\"Date\": \"%s\"}, "
		"\"body\": "
		"\"<Response><Errors><Error><Code>RequestExpired</Code></Error></Errors>"
		"</Response>\"}, {\"body\": "
		"\"<DescribeSnapshotsResponse/>\"}, " UNEXPECTED "]}";
	CLEANUP(aws_result_releasep) struct aws_result r = AWS_RESULT_INIT;
	CLEANUP(freep) char *script = NULL, *sent = NULL, *line = NULL;
	char date[40], hour[16];
	time_t ahead = time(NULL) + 3600;
	struct world w = { 0 };
	struct error err = ERROR_INIT;

	(void)strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", gmtime(&ahead));
	(void)strftime(hour, sizeof(hour), "%Y%m%dT%H", gmtime(&ahead));
	script = xasprintf(format, date);
	use_keys(state);
	world_start(&w, state, AWS_EC2, script);
	if (aws_client_call(w.client, &describing, &r, &err) < 0)
		fail_msg("%s", err.msg);
	sent = fake_request(w.fake, 2);
	line = xasprintf("X-Amz-Date: %s", hour);
	assert_non_null(strstr(sent, line));
	assert_signed(&w, "ec2", "", 2);
	world_release(&w);
}

enum { BLOCKS = 60, BLOCK_BYTES = 20000 };

/* Submit all blocks, and take the ends of them; how many failed. */
static unsigned int put_blocks(struct aws_client *c, const char *block)
{
	static const struct http_wait forever = { .also_fd = -1 };
	bool done[BLOCKS + 1] = { false };
	unsigned int failed = 0;
	struct error err = ERROR_INIT;
	uint8_t digest[DIGEST_SHA256_BYTES];
	uint64_t id;

	digest_sha256(block, BLOCK_BYTES, digest);
	for (unsigned int i = 0; i < BLOCKS; i++) {
		const struct ebs_put_block put = { .snapshot_id = "snap-1",
			.block_index = SHAPE_UINT_OF(i),
			.data_length_bytes = SHAPE_UINT_OF(BLOCK_BYTES),
			.checksum = "c2hh+/==",
			.checksum_algorithm = "SHA256" };
		const struct aws_call call = { .action = { .rest = &ebs_put_block_action,
						       .request = &put,
						       .data = block,
						       .data_bytes = BLOCK_BYTES,
						       .data_sha256 =
							       i % 2 ? digest : NULL } };

		assert_int_equal(aws_client_submit(c, &call, &id, &err), 0);
	}
	while (aws_client_under_way(c)) {
		CLEANUP(aws_result_releasep) struct aws_result r = AWS_RESULT_INIT;

		assert_int_equal(aws_client_next(c, &forever, &id, &r, &err), 0);
		assert_in_range(id, 1, BLOCKS);
		assert_false(done[id]);
		done[id] = true;
		failed += r.error != NULL;
		if (!r.error)
			assert_string_equal(
				((struct ebs_put_block_answer *)r.answer)->checksum, "c");
	}
	return failed;
}

static void many_blocks_go_at_once(void **state)
{
	static const char answers[] =
		"\"answers\": [{\"status\": 500, \"times\": 5}, {\"status\": 400, "
		"\"times\": 5, "
		"\"headers\": {\"x-amzn-ErrorType\": \"ThrottlingException\"}}, "
		"{\"status\": 201, \"times\": 0, \"headers\": {\"x-amz-Checksum\": "
		"\"c\"}}]}";
	CLEANUP(freep) char *block = xcalloc(1, BLOCK_BYTES), *ca = NULL;

	ca = path_join(*state, "ca.pem");
	fake_make_chain(*state);
	for (int tls = 0; tls <= 1; tls++) {
		CLEANUP(freep)
		char *script =
			xasprintf("{%s%s", tls ? "\"tls\": \"good.pem\", " : "", answers);
		struct world w = { 0 };

		use_keys(state);
		assert_int_equal(setenv("AWS_MAX_ATTEMPTS", "20", 1), 0);
		assert_int_equal(setenv("AWS_CA_BUNDLE", ca, 1), 0);
		world_start(&w, state, AWS_EBS, script);
		assert_int_equal(put_blocks(w.client, block), 0);
		assert_signed(&w, "ebs", "", BLOCKS + 10);
		world_release(&w);
	}
}

static void a_block_is_data_beside_the_struct(void **state)
{
	static const struct ebs_get_block get = { .snapshot_id = "snap-1",
		.block_index = SHAPE_UINT_OF(3),
		.block_token = "a+b/c= ~" };
	static const struct aws_call call = { .action = { .rest = &ebs_get_block_action,
						      .request = &get } };
	CLEANUP(aws_result_releasep) struct aws_result r = AWS_RESULT_INIT;
	const struct ebs_get_block_answer *answer;
	struct world w = { 0 };
	struct error err = ERROR_INIT;

	use_keys(state);
	world_start(&w, state, AWS_EBS,
		"{\"answers\": [{\"headers\": {\"x-amz-Data-Length\": \"5\", "
		"\"x-amz-Checksum\": \"s\"}, \"body\": \"block\"}]}");
	if (aws_client_call(w.client, &call, &r, &err) < 0)
		fail_msg("%s", err.msg);
	answer = r.answer;
	assert_int_equal(answer->data_length_bytes.value, 5);
	assert_string_equal(answer->checksum, "s");
	assert_string_equal(r.content.data, "block");
	assert_signed(&w, "ebs", "", 1);
	world_release(&w);
}

static void time_is_not_exceeded(void **state)
{
	CLEANUP(aws_result_releasep) struct aws_result r = AWS_RESULT_INIT;
	struct aws_call call = describing;
	struct world w = { 0 };
	struct error err = ERROR_INIT;

	use_keys(state);
	world_start(&w, state, AWS_EC2,
		"{\"answers\": [{\"times\": 0, \"hang\": \"request\"}]}");
	call.deadline_ms = clock_now_ms() + 300;
	assert_int_equal(aws_client_call(w.client, &call, &r, &err), -1);
	unit_assert_error(&err, ERR_TIMEOUT, "DescribeSnapshots");
	assert_true(clock_now_ms() >= call.deadline_ms);
	world_release(&w);
}

/* Three more than CopyImage has tokens: they wait for theirs, and are not lost. */
static void calls_stay_under_the_limits_of_the_service(void **state)
{
	enum { TOKENS = 90, MORE = 3, FILL_MS = 1000 };
	static const struct ec2_copy_image request = { .name = "copy" };
	const struct aws_call copying = { .action = { .query = &ec2_copy_image_action,
						  .request = &request } };
	const struct http_wait wait = { .also_fd = -1 };
	const uint64_t begin_ms = clock_now_ms();
	struct world w = { 0 };
	unsigned int done = 0;

	use_keys(state);
	world_start(&w, state, AWS_EC2,
		"{\"answers\": [{\"times\": 0, \"body\": \"<CopyImageResponse/>\"}]}");
	for (int i = 0; i < TOKENS + MORE; i++) {
		struct error err = ERROR_INIT;
		uint64_t id;

		assert_int_equal(aws_client_submit(w.client, &copying, &id, &err), 0);
	}
	while (aws_client_under_way(w.client)) {
		CLEANUP(aws_result_releasep) struct aws_result r = AWS_RESULT_INIT;
		struct error err = ERROR_INIT;
		uint64_t id;

		assert_int_equal(aws_client_next(w.client, &wait, &id, &r, &err), 0);
		assert_null(r.error);
		assert_int_equal(r.attempts, 1);
		done++;
	}
	assert_int_equal(done, TOKENS + MORE);
	assert_true(clock_now_ms() - begin_ms >= MORE * FILL_MS);
	world_release(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(a_call_goes_out_and_comes_back),
		SCRATCH_TEST(calls_end_as_they_should),
		SCRATCH_TEST(a_wrong_clock_is_corrected),
		SCRATCH_TEST(many_blocks_go_at_once),
		SCRATCH_TEST(a_block_is_data_beside_the_struct),
		SCRATCH_TEST(time_is_not_exceeded),
		SCRATCH_TEST(calls_stay_under_the_limits_of_the_service),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
