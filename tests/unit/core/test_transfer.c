/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/transfer.h"

#include <signal.h>

#include "aws/ebs.h"
#include "service_support.h"
#include "unit.h"

/* A direction that sends blocks without data, and notes which are there. */
struct sent {
	struct transfer *transfer;
	struct aws_client *ebs;
	char taken[64];
	unsigned int submits;
};

static int submit(void *userdata, const struct transfer_block *block, uint64_t *ret_id,
	struct error *err)
{
	struct sent *s = userdata;
	const struct ebs_put_block request = { .snapshot_id = "snap-1",
		.block_index = SHAPE_UINT_OF(block->index),
		.checksum = "x",
		.checksum_algorithm = "SHA256" };
	struct aws_call call = transfer_call(s->transfer);

	call.action =
		(struct call_spec){ .rest = &ebs_put_block_action, .request = &request };
	s->submits++;
	return aws_client_submit(s->ebs, &call, ret_id, err);
}

static int take(void *userdata, const struct transfer_block *block,
	const struct aws_result *result, struct error *err)
{
	struct sent *s = userdata;
	size_t length = strlen(s->taken);

	(void)err;
	assert_int_equal(result->status, 201);
	(void)snprintf(
		s->taken + length, sizeof(s->taken) - length, "%d ", (int)block->index);
	return 0;
}

static const struct transfer_way way = { "send", false, submit, take };

/* Begin them one after the other, when `each` the next one after the one before. */
static int send_blocks(struct sent *s, uint64_t count, bool each, struct error *err)
{
	uint64_t next = 0;
	int rc = 0;

	while (rc == 0 && (next < count || transfer_is_busy(s->transfer))) {
		bool may = each ? !transfer_is_busy(s->transfer)
				: transfer_has_room(s->transfer);

		if (next < count && may) {
			struct transfer_block *block = transfer_vacant(s->transfer);

			block->index = next++;
			rc = transfer_begin(s->transfer, block, err);
		}
		if (rc == 0)
			rc = transfer_step(
				s->transfer, each || next == count || !may, err);
	}
	return rc;
}

/* One attempt a call: what is sent again is the transfer's doing. */
static void begin(
	struct service *s, struct sent *sent, const char *dir, const char *script)
{
	struct error err = ERROR_INIT;

	service_start(s, dir, script);
	assert_int_equal(setenv("AWS_MAX_ATTEMPTS", "1", 1), 0);
	if (aws_session_client(&s->session, AWS_EBS, TRANSFER_CONNECTIONS_MOST,
		    &sent->ebs, &err) < 0)
		fail_msg("%s", err.msg);
	sent->transfer = transfer_new(sent->ebs, 0, &way, sent);
}

static void end(struct sent *sent)
{
	sent->transfer = transfer_free(sent->transfer);
	sent->ebs = aws_client_free(sent->ebs);
}

static void each_block_is_taken_once(void **state)
{
	CLEANUP(service_releasep) struct service s = { 0 };
	struct sent sent = { 0 };
	struct error err = ERROR_INIT;

	begin(&s, &sent, *state, "{\"answers\": [{\"status\": 201, \"times\": 0}]}");
	if (send_blocks(&sent, 20, false, &err) < 0)
		fail_msg("%s", err.msg);
	for (int i = 0; i < 20; i++) {
		CLEANUP(freep) char *word = xasprintf("%d ", i);

		assert_non_null(strstr(sent.taken, word));
	}
	assert_int_equal(transfer_done(sent.transfer), 20);
	assert_int_equal(transfer_under_way(sent.transfer), 0);
	end(&sent);
}

static void what_fails_for_now_is_moved_again(void **state)
{
	CLEANUP(service_releasep) struct service s = { 0 };
	struct sent sent = { 0 };
	struct error err = ERROR_INIT;

	begin(&s, &sent, *state,
		"{\"answers\": [{\"status\": 503}, {\"status\": 201, \"times\": 0}]}");
	if (send_blocks(&sent, 2, true, &err) < 0)
		fail_msg("%s", err.msg);
	assert_string_equal(sent.taken, "0 1 ");
	assert_int_equal(sent.submits, 3);
	end(&sent);
}

static void a_refusal_ends_it(void **state)
{
	CLEANUP(service_releasep) struct service s = { 0 };
	struct sent sent = { 0 };
	struct error err = ERROR_INIT;

	begin(&s, &sent, *state,
		"{\"answers\": [{\"status\": 201}, {\"status\": 403, \"times\": 0}]}");
	assert_int_equal(send_blocks(&sent, 3, true, &err), -1);
	unit_assert_error(&err, ERR_FETCH, "send block 1: PutSnapshotBlock was refused");
	assert_string_equal(sent.taken, "0 ");
	end(&sent);
}

/* The first attempts never end; the last one does. */
static void what_takes_far_too_long_is_moved_once_more(void **state)
{
	static const char *const scripts[] = {
		"{\"answers\": [{\"status\": 201}, {\"hang\": \"request\"}, "
		"{\"status\": 201, \"times\": 0}]}",
		"{\"answers\": [{\"status\": 201}, {\"hang\": \"request\", \"times\": "
		"3}, "
		"{\"status\": 201, \"times\": 0}]}",
	};
	static const unsigned int submits[] = { 3, 5 };

	for (size_t i = 0; i < ARRAY_SIZE(scripts); i++) {
		CLEANUP(service_releasep) struct service s = { 0 };
		struct sent sent = { 0 };
		struct error err = ERROR_INIT;

		begin(&s, &sent, *state, scripts[i]);
		if (send_blocks(&sent, 2, true, &err) < 0)
			fail_msg("%s", err.msg);
		assert_string_equal(sent.taken, "0 1 ");
		assert_true(sent.submits >= submits[i]);
		assert_int_equal(aws_client_under_way(sent.ebs), 0);
		end(&sent);
	}
}

static void what_is_under_way_ends_with_it(void **state)
{
	CLEANUP(service_releasep) struct service s = { 0 };
	struct sent sent = { 0 };
	struct error err = ERROR_INIT;

	begin(&s, &sent, *state, "{\"answers\": [{\"hang\": \"request\"}]}");
	assert_int_equal(
		transfer_begin(sent.transfer, transfer_vacant(sent.transfer), &err), 0);
	assert_int_equal(transfer_step(sent.transfer, false, &err), 0);
	assert_int_equal(aws_client_under_way(sent.ebs), 1);
	sent.transfer = transfer_free(sent.transfer);
	assert_int_equal(aws_client_under_way(sent.ebs), 0);
	end(&sent);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(each_block_is_taken_once),
		SCRATCH_TEST(what_fails_for_now_is_moved_again),
		SCRATCH_TEST(a_refusal_ends_it),
		SCRATCH_TEST(what_takes_far_too_long_is_moved_once_more),
		SCRATCH_TEST(what_is_under_way_ends_with_it),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
