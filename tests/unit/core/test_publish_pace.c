/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/publish_pace.h"

#include <ctype.h>

#include "base/size.h"
#include "unit.h"

static void each_row_has_its_date_and_its_source(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < PACE_ITEMS; i++) {
		const struct pace *p = &paces[i];

		assert_true(p->what && *p->what);
		assert_true(p->source && *p->source);
		assert_true(p->value > 0);
		assert_int_equal(strlen(p->date), strlen("2026-11"));
		for (size_t at = 0; p->date[at]; at++)
			assert_true(at == 4 ? p->date[at] == '-'
					    : isdigit((unsigned char)p->date[at]));
	}
}

static void both_ways_are_told(void **state)
{
	static const struct {
		uint64_t blocks;
		size_t regions;
		uint64_t link_bytes_s;
		uint64_t copy_s, send_s;
		bool sends;
	} cases[] = {
		/* Nothing is left to be done. */
		{ 2048, 0, 12 * MIB, 0, 0, false },
		/* 100 MiB over a line of 12 MiB/s: 9 s to fetch, 9 and 17 s to send. */
		{ 200, 1, 12 * MIB, 181, 28, true },
		{ 200, 2, 12 * MIB, 181, 36, true },
		{ 200, 2, 0, 181, 36, true }, /* as nothing is said */
		/* 1 GiB: 86 s to fetch, and as long for each region. */
		{ 2048, 1, 12 * MIB, 183, 182, true },
		{ 2048, 2, 12 * MIB, 183, 267, false },
		/* In EC2, the service is what takes the time: 640 blocks a second. */
		{ 2048, 4, UINT64_C(1200) * MIB, 183, 18, true },
		{ 2048, 5, UINT64_C(1200) * MIB, 183, 31, true },
		{ 131072, 4, UINT64_C(12000) * MIB, 312, 420, false },
		/* As long as each other: a copy is less work. */
		{ 2011, 1, 12 * MIB, 183, 178, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct pace_load load =
			pace_load_whole(cases[i].blocks, cases[i].regions);
		struct pace_estimate e;

		pace_estimate(&load, cases[i].link_bytes_s, &e);
		assert_int_equal(e.copy_s, cases[i].copy_s);
		assert_int_equal(e.send_s, cases[i].send_s);
		assert_int_equal(pace_sends(&e), cases[i].sends);
	}
}

/* 4 GiB, of which 500 MiB and 550 MiB differ. */
static void what_differs_is_what_takes_time(void **state)
{
	const struct pace_load load = { .blocks = 8192,
		.regions = 2,
		.fetched_blocks = 1200,
		.sent_blocks = 2100,
		.most_blocks = 1100 };
	struct pace_estimate e;

	(void)state;
	pace_estimate(&load, 12 * MIB, &e);
	assert_int_equal(e.copy_s, 189);
	assert_int_equal(e.send_s, 10 + 50 + 88);
	pace_estimate(&load, UINT64_C(1200) * MIB, &e);
	assert_int_equal(e.send_s, 10 + 2 + 2);
}

static void what_takes_as_long_is_copied(void **state)
{
	const struct pace_estimate same = { { .regions = 1 }, 180, 180 };

	(void)state;
	assert_false(pace_sends(&same));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_row_has_its_date_and_its_source),
		cmocka_unit_test(both_ways_are_told),
		cmocka_unit_test(what_differs_is_what_takes_time),
		cmocka_unit_test(what_takes_as_long_is_copied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
