/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/transfer_pace.h"

#include "unit.h"

static void note(struct transfer_pace *p, int times, uint64_t took_ms, bool hedged)
{
	for (int i = 0; i < times; i++)
		transfer_pace_done(p, took_ms, hedged);
}

static void nothing_is_late_while_nothing_is_known(void **state)
{
	const struct transfer_pace p = { 0 };

	(void)state;
	assert_true(transfer_pace_late_ms(&p, 0) == UINT64_MAX);
}

static void each_wait_is_twice_as_long(void **state)
{
	struct transfer_pace p = { .usual_ms = 50 };

	(void)state;
	assert_int_equal(transfer_pace_late_ms(&p, 0), 200);
	assert_int_equal(transfer_pace_late_ms(&p, 1), 200 + 400);
	assert_int_equal(transfer_pace_late_ms(&p, 2), 200 + 400 + 800);
	p.ending = true;
	assert_int_equal(transfer_pace_late_ms(&p, 0), 100);
	assert_int_equal(transfer_pace_late_ms(&p, 1), 300);
	p.usual_ms = 1;
	assert_int_equal(transfer_pace_late_ms(&p, 0), 50);
}

static void what_is_usual_is_learnt(void **state)
{
	struct transfer_pace p = { 0 };

	(void)state;
	note(&p, 1, 40, false);
	assert_int_equal(p.usual_ms, 41);
	note(&p, 50, 100, false);
	assert_in_range(p.usual_ms, 95, 110);
	note(&p, 100, 10, false);
	assert_in_range(p.usual_ms, 10, 18);
}

/* A stall that was hedged is none of the usual; that all are slow now, is seen too. */
static void a_hedged_block_says_little(void **state)
{
	struct transfer_pace p = { .usual_ms = 40 };

	(void)state;
	note(&p, 1, 30000, true);
	assert_in_range(p.usual_ms, 40, 47);
	note(&p, 100, 30000, true);
	assert_true(p.usual_ms > 10000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_late_while_nothing_is_known),
		cmocka_unit_test(each_wait_is_twice_as_long),
		cmocka_unit_test(what_is_usual_is_learnt),
		cmocka_unit_test(a_hedged_block_says_little),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
