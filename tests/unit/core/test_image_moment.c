/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/image_moment.h"

#include "unit.h"

static void days_and_dates_are_moments(void **state)
{
	static const struct {
		const char *text, *wanted; /* from 2026-11-21T08:41:37Z on */
	} cases[] = {
		{ "1d", "2026-11-22T08:41:00Z" },
		{ "180d", "2027-05-20T08:41:00Z" },
		{ "3653d", "2036-11-21T08:41:00Z" },
		{ "2027-12-31", "2027-12-31T00:00:00Z" },
		{ "2028-02-29", "2028-02-29T00:00:00Z" },
		{ "2027-12-31T18:30:59Z", "2027-12-31T18:30:00Z" },
		{ "2027-12-31T18:30:00+01:00", "2027-12-31T17:30:00Z" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char text[IMAGE_MOMENT_CHARS + 1];
		int64_t at;

		if (!image_moment(cases[i].text, 1795250497, &at))
			fail_msg("'%s' is no moment", cases[i].text);
		image_moment_format(at, text);
		assert_string_equal(text, cases[i].wanted);
	}
}

static void other_texts_are_none(void **state)
{
	static const char *const cases[] = { "", "d", "0d", "-1d", "3654d", "99999d",
		"1w", "1 d", "1d ", "tomorrow", "2027-13-01", "2027-02-30", "31.12.2027",
		"2027-12-31T18:30", "2027-12-31T18:30:00Z and more, and still more" };
	int64_t at = 7;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (image_moment(cases[i], 0, &at))
			fail_msg("'%s' is a moment", cases[i]);
	assert_int_equal(at, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(days_and_dates_are_moments),
		cmocka_unit_test(other_texts_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
