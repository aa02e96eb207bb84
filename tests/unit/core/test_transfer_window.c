/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/transfer_window.h"

#include "unit.h"

/* What a service gives when `limit` blocks are under way: blocks a second. */
typedef double rate_fn(unsigned int limit);

static double per_block_latency(unsigned int limit)
{
	return limit * 10.0; /* each takes 100 ms, however many there are */
}

static double narrow_link(unsigned int limit)
{
	return limit < 16 ? limit * 10.0 : 160.0;
}

static double one_at_a_time(unsigned int limit)
{
	(void)limit;
	return 40.0;
}

/* Let `count` blocks arrive as fast as the service makes them. */
static uint64_t arrive(
	struct transfer_window *w, rate_fn *rate, unsigned int count, uint64_t now)
{
	double at = (double)now;

	for (unsigned int i = 0; i < count; i++) {
		at += 1000.0 / rate(w->limit);
		transfer_window_done(w, (uint64_t)at);
		assert_in_range(w->limit, 1, TRANSFER_WINDOW_MOST);
	}
	return (uint64_t)at;
}

static void it_grows_as_long_as_that_helps(void **state)
{
	static const struct {
		rate_fn *rate;
		unsigned int least, most; /* where it ends up */
	} cases[] = {
		{ per_block_latency, TRANSFER_WINDOW_MOST, TRANSFER_WINDOW_MOST },
		{ narrow_link, 13, 32 },
		{ one_at_a_time, TRANSFER_WINDOW_FIRST, TRANSFER_WINDOW_FIRST + 2 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct transfer_window w;

		transfer_window_init(&w, 1000);
		assert_int_equal(w.limit, TRANSFER_WINDOW_FIRST);
		(void)arrive(&w, cases[i].rate, 3000, 1000);
		assert_in_range(w.limit, cases[i].least, cases[i].most);
	}
}

static void it_halves_once_a_round_when_throttled(void **state)
{
	struct transfer_window w;
	uint64_t now;

	(void)state;
	transfer_window_init(&w, 0);
	now = arrive(&w, per_block_latency, 1000, 0);
	assert_int_equal(w.limit, 64);
	for (int i = 0; i < 30; i++)
		transfer_window_cut(&w, now);
	assert_int_equal(w.limit, 32);
	now = arrive(&w, per_block_latency, 64, now);
	transfer_window_cut(&w, now);
	assert_int_equal(w.limit, 16);
	(void)arrive(&w, per_block_latency, 3000, now);
	assert_int_equal(w.limit, 64);
}

static void one_block_always_goes(void **state)
{
	struct transfer_window w;
	uint64_t now = 0;

	(void)state;
	transfer_window_init(&w, 0);
	for (int i = 0; i < 20; i++) {
		transfer_window_cut(&w, now);
		now = arrive(&w, one_at_a_time, 10, now);
	}
	assert_in_range(w.limit, 1, TRANSFER_WINDOW_FIRST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_grows_as_long_as_that_helps),
		cmocka_unit_test(it_halves_once_a_round_when_throttled),
		cmocka_unit_test(one_block_always_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
