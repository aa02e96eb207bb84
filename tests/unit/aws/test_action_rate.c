/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/action_rate.h"

#include "unit.h"

/* How many go out at once, asked for again and again at one moment. */
static unsigned int burst(struct action_rate *r, const char *action, uint64_t now_ms)
{
	unsigned int count = 0;

	while (action_rate_acquire(r, action, now_ms) == 0)
		count++;
	return count;
}

/* What is documented, and a tenth less than that. */
static void actions_have_their_buckets(void **state)
{
	static const struct {
		const char *action;
		unsigned int burst, a_second;
	} cases[] = {
		{ "DescribeImages", 90, 20 },
		{ "GetImageBlockPublicAccessState", 90, 20 },
		{ "DescribeSnapshots", 45, 10 },
		{ "DescribeSnapshotAttribute", 90, 20 },
		{ "RegisterImage", 45, 5 },
		{ "EnableImageDeprecation", 45, 5 },
		{ "CopyImage", 90, 1 },
		{ "CreateTags", 90, 10 },
		{ "DeleteSnapshot", 90, 5 },
		{ "DeregisterImage", 90, 5 },
		{ "ModifyImageAttribute", 90, 5 },
		{ "ModifySnapshotAttribute", 90, 5 },
	};
	struct action_rate r = { 0 };

	(void)state;
	/* Each has one of its own: all of them are full. */
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(burst(&r, cases[i].action, 5000), cases[i].burst);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(burst(&r, cases[i].action, 6000), cases[i].a_second);
	/* Full again, and no fuller than that. */
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(
			burst(&r, cases[i].action, UINT64_C(1) << 40), cases[i].burst);
}

static void it_says_when_to_ask_again(void **state)
{
	struct action_rate r = { 0 };
	uint64_t now = 1000, wait;

	(void)state;
	(void)burst(&r, "CopyImage", now);
	assert_int_equal(action_rate_acquire(&r, "CopyImage", now), 1000);
	assert_int_equal(action_rate_acquire(&r, "CopyImage", now + 400), 600);
	assert_int_equal(action_rate_acquire(&r, "CopyImage", now + 999), 1);
	assert_int_equal(action_rate_acquire(&r, "CopyImage", now + 1000), 0);
	(void)burst(&r, "DescribeImages", now);
	/* Never over the documented rate, asked for as it says. */
	for (unsigned int sent = 0; now < 11000; sent++) {
		assert_true(sent <= (now - 1000) * 20 / 1000);
		wait = action_rate_acquire(&r, "DescribeImages", now);
		while (wait) {
			now += wait;
			wait = action_rate_acquire(&r, "DescribeImages", now);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(actions_have_their_buckets),
		cmocka_unit_test(it_says_when_to_ask_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
