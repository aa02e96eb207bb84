/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/transfer.h"

#include <signal.h>

#include "aws/ebs.h"
#include "service_support.h"
#include "unit.h"

/* A direction that sends blocks without data, and notes which are there. In requests a
 * block has the number of its submit, so that a script knows one call from another. */
struct sent {
	struct transfer *transfer;
	struct aws_client *ebs;
	char taken[64];
	unsigned int submits;
	uint64_t last_id;
	unsigned int looks_after; /* so many submits, at what is left; 0: never */
};

/* Of two calls, that of the last submit alone is left. */
static void assert_younger_is_left(const struct sent *s)
{
	assert_int_equal(aws_client_under_way(s->ebs), 1);
	aws_client_cancel(s->ebs, s->last_id);
	assert_int_equal(aws_client_under_way(s->ebs), 0);
}

static int submit(void *userdata, const struct transfer_block *block, uint64_t *ret_id,
	struct error *err)
{
	struct sent *s = userdata;
	const struct ebs_put_block request = { .snapshot_id = "snap-1",
		.block_index = SHAPE_UINT_OF(s->submits),
		.checksum = "x",
		.checksum_algorithm = "SHA256" };
	struct aws_call call = transfer_call(s->transfer);

	(void)block;
	call.action =
		(struct call_spec){ .rest = &ebs_put_block_action, .request = &request };
	if (s->submits && s->submits == s->looks_after)
		assert_younger_is_left(s);
	s->submits++;
	if (aws_client_submit(s->ebs, &call, ret_id, err) < 0)
		return -1;
	s->last_id = *ret_id;
	return 0;
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

#define CALL(number, answer) \
	"{\"path\": \"/snapshots/snap-1/blocks/" #number "\", " answer "}, "

/* An answer that goes on for longer than a call may take, and never stalls. */
#define ENDLESS "\"status\": 201, \"slow_ms\": 100, \"body\": {\"bytes\": 1000000}"

/* The first call of block 1 fails when the second is under way; this one and the third
 * do not end. */
static void the_older_of_two_calls_is_given_up(void **state)
{
	CLEANUP(service_releasep) struct service s = { 0 };
	struct sent sent = { .looks_after = 4 };
	struct error err = ERROR_INIT;

	begin(&s, &sent, *state,
		"{\"answers\": [" CALL(1, "\"status\": 503, \"until\": 3") CALL(
			2, ENDLESS) CALL(3, ENDLESS) "{\"status\": 201, \"times\": 0}]}");
	if (send_blocks(&sent, 2, true, &err) < 0)
		fail_msg("%s", err.msg);
	assert_string_equal(sent.taken, "0 1 ");
	assert_true(sent.submits > sent.looks_after);
	end(&sent);
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
		SCRATCH_TEST(the_older_of_two_calls_is_given_up),
		SCRATCH_TEST(what_is_under_way_ends_with_it),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
