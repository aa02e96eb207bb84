/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/image_name.h"

#include "unit.h"

#define TEN "0123456789"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

static void names_are_made(void **state)
{
	static const struct {
		const char *text, *name;
	} cases[] = {
		{ "debian-12", "debian-12" },
		{ "All (of) [the] signs./-'@_", "All (of) [the] signs./-'@_" },
		{ "a*b?c\\d", "a-b-c-d" },
		{ "tab\tline\nend", "tab-line-end" },
		{ "\xc3\xbc"
		  "ber",
			"--ber" },
		{ "  abc  ", "abc" },
		{ HUNDRED TEN TEN "12345678", HUNDRED TEN TEN "12345678" },
		{ HUNDRED TEN TEN "123456789", HUNDRED TEN TEN "12345678" },
		{ HUNDRED TEN TEN "1234567 9", HUNDRED TEN TEN "1234567" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(freep) char *name = NULL;
		struct error err = ERROR_INIT;

		assert_int_equal(image_name_make(cases[i].text, &name, &err), 0);
		assert_string_equal(name, cases[i].name);
	}
}

static void short_ones_are_refused(void **state)
{
	static const char *const cases[] = { "", "ab", "  ab  ", "   " };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *name = NULL;
		struct error err = ERROR_INIT;

		assert_int_equal(image_name_make(cases[i], &name, &err), -1);
		unit_assert_error(&err, ERR_USAGE, "too short for the name of an image");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_made),
		cmocka_unit_test(short_ones_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
