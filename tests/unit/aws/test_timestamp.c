/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/timestamp.h"

#include "unit.h"

static void moments_are_read(void **state)
{
	static const struct {
		const char *text;
		int64_t seconds;
	} cases[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "2015-08-30T12:36:00Z", 1440938160 },
		{ "2015-08-30T12:36:00UTC", 1440938160 },
		{ "2015-08-30T12:36:00.987Z", 1440938160 },
		{ "2015-08-30T12:36:00+00:00", 1440938160 },
		{ "2015-08-30T14:36:00+02:00", 1440938160 },
		{ "2015-08-30T07:06:00.5-05:30", 1440938160 },
		{ "2024-02-29T23:59:59Z", 1709251199 },
		{ "1969-12-31T23:59:59Z", -1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t got = 0;

		if (!timestamp_parse(cases[i].text, &got) || got != cases[i].seconds)
			fail_msg("'%s' is %lld", cases[i].text, (long long)got);
	}
}

static void what_is_no_moment_is_refused(void **state)
{
	static const char *const cases[] = {
		"",
		"2015-08-30",
		"2015-08-30T12:36:00",
		"2015-08-30 12:36:00Z",
		"2015-08-30T12:36:00ZZ",
		"2015-08-30T12:36:00.Z",
		"2015-08-30T12:36:00+0000",
		"2015-08-30T12:36:00+00:00x",
		"2015-13-30T12:36:00Z",
		"2015-00-30T12:36:00Z",
		"2015-02-29T12:36:00Z",
		"2015-08-30T24:00:00Z",
		"2015-08-30T12:60:00Z",
		"20150830T123600Z",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t got;

		if (timestamp_parse(cases[i], &got))
			fail_msg("'%s' is %lld", cases[i], (long long)got);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(moments_are_read),
		cmocka_unit_test(what_is_no_moment_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
