/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/call_rate.h"

#include "unit.h"

enum { NOW_MS = 5000 };

/* Throttled, with one token, which comes again after two seconds; and as many actions as
 * there may be have just gone out. */
static struct call_rate make_rate(void)
{
	struct call_rate r = {
		.retries = { .enabled = true,
			.tokens = 1,
			.tokens_most = 1,
			.fill_a_second = 0.5,
			.filled_at_s = NOW_MS / 1000.0 },
		.counts_actions = true,
	};

	while (action_rate_acquire(&r.actions, "CopyImage", NOW_MS) == 0)
		continue;
	return r;
}

static void an_attempt_is_counted_once(void **state)
{
	struct call_rate r = make_rate();
	bool has_turn = false, another = false;

	(void)state;
	assert_int_equal(call_rate_acquire(&r, "CopyImage", &has_turn, NOW_MS), 1000);
	assert_true(has_turn);
	/* The token is gone, and comes back for the next one. */
	assert_int_equal(call_rate_acquire(&r, "CopyImage", &another, NOW_MS), 2000);
	assert_false(another);
	assert_int_equal(call_rate_acquire(&r, "CopyImage", &has_turn, NOW_MS + 1000), 0);
	/* Its next attempt pays again. */
	assert_false(has_turn);
	assert_int_equal(
		call_rate_acquire(&r, "CopyImage", &has_turn, NOW_MS + 1000), 1000);
}

static void actions_are_counted_where_they_have_limits(void **state)
{
	struct call_rate r = make_rate();
	bool has_turn = false;

	(void)state;
	r.counts_actions = false;
	assert_int_equal(call_rate_acquire(&r, "CopyImage", &has_turn, NOW_MS), 0);
	assert_false(has_turn);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_attempt_is_counted_once),
		cmocka_unit_test(actions_are_counted_where_they_have_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
