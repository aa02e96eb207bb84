/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/snapshot_reference.h"

#include "unit.h"

static void names_are_told_from_files(void **state)
{
	static const struct {
		const char *text;
		bool is_one;
	} cases[] = {
		{ "snap-0123456789abcdef0", true },
		{ "ami-0123456789abcdef0", true },
		{ "resolve:ssm:/images/web", true },
		{ "resolve:ssm:/images/web:3", true },
		{ "resolve:ssm:", false },
		{ "disk.raw", false },
		{ "ami-debian.raw", false },
		{ "ami-", false },
		{ "vol-0123456789abcdef0", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct error err = ERROR_INIT;

		assert_int_equal(
			snapshot_reference_is_one(cases[i].text), cases[i].is_one);
		assert_int_equal(snapshot_reference_check(cases[i].text, &err),
			cases[i].is_one ? 0 : -1);
		if (!cases[i].is_one)
			unit_assert_error(&err, ERR_USAGE, "is neither the id of a");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_told_from_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
