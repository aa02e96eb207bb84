/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/duration.h"

#include "unit.h"

static void durations_are_read(void **state)
{
	static const struct {
		const char *text;
		uint64_t seconds;
	} cases[] = { { "0s", 0 }, { "90s", 90 }, { "30m", 1800 }, { "6h", 21600 },
		{ "2d", 172800 }, { "007m", 420 },
		{ "18446744073709551615s", UINT64_MAX } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t seconds = 77;

		if (!duration_parse(cases[i].text, &seconds))
			fail_msg("'%s' was refused", cases[i].text);
		assert_int_equal(seconds, cases[i].seconds);
	}
}

static void what_is_no_duration_is_refused(void **state)
{
	static const char *const cases[] = { "", "s", "6", "-6h", "+6h", " 6h", "6 h",
		"6H", "6hs", "6x", "1.5h", "18446744073709551616s",
		"18446744073709551615m" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t seconds = 77;

		if (duration_parse(cases[i], &seconds))
			fail_msg("'%s' was taken", cases[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(durations_are_read),
		cmocka_unit_test(what_is_no_duration_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
