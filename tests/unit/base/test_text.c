/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/text.h"

#include "unit.h"

static void ends_are_found(void **state)
{
	static const struct {
		const char *text, *end;
		bool exact, any_case;
	} cases[] = {
		{ "disk.raw", ".raw", true, true },
		{ "disk.RAW", ".raw", false, true },
		{ "disk.raw", ".Raw", false, true },
		{ ".raw", ".raw", true, true },
		{ "raw", ".raw", false, false },
		{ "disk.raw.gz", ".raw", false, false },
		{ "disk.raw", "disk", false, false },
		{ "disk.ra", ".raw", false, false },
		{ "disk.raw ", ".raw", false, false },
		{ "disk.rat", ".raw", false, false },
		{ ".raw.raw", ".raw", true, true },
		{ "disk", "", true, true },
		{ "", "", true, true },
		{ "", "w", false, false },
		{ "disk.\xc3\xa4", ".\xc3\x84", false, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *text = cases[i].text, *end = cases[i].end;

		if (text_ends_with(text, end) != cases[i].exact ||
			text_ends_with_any_case(text, end) != cases[i].any_case)
			fail_msg("'%s', '%s'", text, end);
	}
}

static void starts_are_found(void **state)
{
	static const struct {
		const char *text, *start;
		bool starts;
	} cases[] = {
		{ "http://m", "http://", true },
		{ "http://", "http://", true },
		{ "http:/", "http://", false },
		{ "HTTP://m", "http://", false },
		{ " http://m", "http://", false },
		{ "m", "", true },
		{ "", "", true },
		{ "", "m", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (text_starts_with(cases[i].text, cases[i].start) != cases[i].starts)
			fail_msg("'%s', '%s'", cases[i].text, cases[i].start);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(starts_are_found),
		cmocka_unit_test(ends_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
