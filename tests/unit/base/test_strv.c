/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/strv.h"

#include "unit.h"

static void it_ends_with_null_at_any_length(void **state)
{
	CLEANUP(strv_releasep) struct strv v = STRV_INIT;

	(void)state;
	assert_null(v.items);
	for (size_t i = 0; i < 100; i++) {
		strv_addf(&v, "%zu", i);
		assert_int_equal(v.count, i + 1);
		assert_null(v.items[v.count]);
	}
	assert_string_equal(v.items[0], "0");
	assert_string_equal(v.items[99], "99");
}

static void strings_are_copied_or_taken(void **state)
{
	CLEANUP(strv_releasep) struct strv v = STRV_INIT;
	char *taken = xstrdup("taken");
	char local[] = "local";

	(void)state;
	strv_add(&v, local);
	local[0] = 'X';
	strv_take(&v, taken);
	STRV_ADD(&v, "three", "four");
	assert_string_equal(v.items[0], "local");
	assert_ptr_equal(v.items[1], taken);
	assert_string_equal(v.items[3], "four");
	assert_int_equal(v.count, 4);
}

static void it_knows_what_it_contains(void **state)
{
	CLEANUP(strv_releasep) struct strv v = STRV_INIT;

	(void)state;
	assert_false(strv_contains(&v, "a"));
	STRV_ADD(&v, "a", "bb");
	assert_true(strv_contains(&v, "bb"));
	assert_false(strv_contains(&v, "b"));
	assert_false(strv_contains(&v, ""));
}

static void sorting_is_by_byte_value(void **state)
{
	static const char *const sorted[] = { "", "A", "B", "a", "a.b", "aa",
		"\xc3\xa4" };
	CLEANUP(strv_releasep) struct strv v = STRV_INIT;

	(void)state;
	strv_sort(&v);
	STRV_ADD(&v, "\xc3\xa4", "a.b", "B", "aa", "", "a", "A");
	strv_sort(&v);
	for (size_t i = 0; i < ARRAY_SIZE(sorted); i++)
		assert_string_equal(v.items[i], sorted[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_ends_with_null_at_any_length),
		cmocka_unit_test(strings_are_copied_or_taken),
		cmocka_unit_test(it_knows_what_it_contains),
		cmocka_unit_test(sorting_is_by_byte_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
