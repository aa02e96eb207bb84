/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/clock.h"

#include <limits.h>

#include "unit.h"

static void time_goes_on(void **state)
{
	uint64_t begin = clock_now_ms();

	(void)state;
	assert_true(begin > 0);
	assert_int_equal(poll(NULL, 0, 5), 0);
	assert_true(clock_now_ms() >= begin + 5);
	assert_true(clock_now_ms() < begin + UNIT_PATIENCE_MS);
}

static void a_timeout_is_what_is_left_until_the_deadline(void **state)
{
	uint64_t now = clock_now_ms();
	int left;

	(void)state;
	assert_int_equal(clock_poll_timeout(0), -1);
	assert_int_equal(clock_poll_timeout(1), 0);
	assert_int_equal(clock_poll_timeout(now), 0);
	assert_int_equal(clock_poll_timeout(UINT64_MAX), INT_MAX);
	left = clock_poll_timeout(now + UNIT_PATIENCE_MS);
	assert_in_range(left, 1, UNIT_PATIENCE_MS);
}

static void times_are_shown_in_utc(void **state)
{
	static const struct {
		time_t t;
		size_t room;
		const char *text;
	} cases[] = {
		{ 0, 21, "1970-01-01T00:00:00Z" },
		{ 951782400, 21, "2000-02-29T00:00:00Z" },
		{ 1795250497, 21, "2026-11-21T08:41:37Z" },
		{ 4294967296, 21, "2106-02-07T06:28:16Z" },
		{ -1, 21, "1969-12-31T23:59:59Z" },
		{ 253402300800, 21, "" }, /* the year 10000 */
		{ 253402300800, 22, "10000-01-01T00:00:00Z" },
		{ INT64_MAX, 64, "" },
		{ 0, 20, "" },
	};

	(void)state;
	assert_int_equal(setenv("TZ", "America/New_York", 1), 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char buf[64] = "untouched";

		clock_format_utc(cases[i].t, buf, cases[i].room);
		assert_string_equal(buf, cases[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(time_goes_on),
		cmocka_unit_test(a_timeout_is_what_is_left_until_the_deadline),
		cmocka_unit_test(times_are_shown_in_utc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
