/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdbool.h>

#include "distro/debian/keyring.h"

#include "unit.h"

static void dates_are_read(void **state)
{
	static const struct {
		const char *text;
		bool good;
		int64_t epoch_s;
	} cases[] = {
		{ "Suite: x\nDate: Sat, 10 Jun 2023 08:56:41 UTC\nX: y\n", true,
			1686387401 },
		{ "Suite: x\nDate: Thu, 01 Jan 1970 00:00:00 +0000\n", true, 0 },
		{ "Suite: x\nValid-Until: Sat, 10 Jun 2023 08:56:41 UTC\n", false, 0 },
		{ "Suite: x\nDate: Sat, 10 Jun 2023 08:56:41 CEST\n", false, 0 },
		{ "Suite: x\nDate: yesterday\n", false, 0 },
		{ "Suite: x\nDate: ", false, 0 },
		{ "", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t epoch_s = -1;

		assert_int_equal(
			debian_release_date(cases[i].text, &epoch_s), cases[i].good);
		assert_int_equal(epoch_s, cases[i].good ? cases[i].epoch_s : -1);
	}
}

static void the_newest_counts(void **state)
{
	struct error err = ERROR_INIT;
	int64_t epoch_s = -1;

	(void)unsetenv("SOURCE_DATE_EPOCH");
	unit_write_file(
		*state, "a_InRelease", "A: b\nDate: Sat, 10 Jun 2023 08:56:41 UTC\n");
	unit_write_file(
		*state, "b_Release", "A: b\nDate: Sun, 11 Jun 2023 08:56:41 UTC\n");
	unit_write_file(*state, "c_Packages", "Date: no\n");
	assert_int_equal(debian_lists_date(*state, &epoch_s, &err), 0);
	assert_int_equal(epoch_s, 1686387401 + 86400);
	unit_write_file(*state, "d_InRelease", "no date\n");
	assert_int_equal(debian_lists_date(*state, &epoch_s, &err), -1);
	unit_assert_error(&err, ERR_FORMAT, "d_InRelease");
}

static void the_environment_goes_before(void **state)
{
	struct error err = ERROR_INIT;
	int64_t epoch_s = -1;

	unit_write_file(
		*state, "a_InRelease", "A: b\nDate: Sat, 10 Jun 2023 08:56:41 UTC\n");
	assert_int_equal(setenv("SOURCE_DATE_EPOCH", "17", 1), 0);
	assert_int_equal(debian_lists_date(*state, &epoch_s, &err), 0);
	assert_int_equal(epoch_s, 17);
	assert_int_equal(setenv("SOURCE_DATE_EPOCH", "-17", 1), 0);
	assert_int_equal(debian_lists_date(*state, &epoch_s, &err), 0);
	assert_int_equal(epoch_s, 1686387401);
	(void)unsetenv("SOURCE_DATE_EPOCH");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dates_are_read),
		SCRATCH_TEST(the_newest_counts),
		SCRATCH_TEST(the_environment_goes_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
