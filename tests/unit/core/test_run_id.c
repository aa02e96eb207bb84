/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/run_id.h"

#include "unit.h"

static void an_id_is_the_time_and_all_of_the_random_bits(void **state)
{
	static const uint8_t random[RUN_ID_RANDOM_BYTES] = { 0x4f, 0x0c, 0x9a, 0x21,
		0xbe };
	char id[RUN_ID_CHARS + 1];

	(void)state;
	run_id_format(1795251673, random, id);
	assert_string_equal(id, "20261121t090113z-4f0c9a21be");
}

static void ids_are_short_plain_and_differ(void **state)
{
	char a[RUN_ID_CHARS + 1], b[RUN_ID_CHARS + 1];

	(void)state;
	run_id_make(a);
	run_id_make(b);
	assert_true(strlen(a) == RUN_ID_CHARS && RUN_ID_CHARS <= 32);
	assert_int_equal(
		strspn(a, "abcdefghijklmnopqrstuvwxyz0123456789-"), RUN_ID_CHARS);
	assert_string_not_equal(a, b);
}

static void ids_are_told_from_others(void **state)
{
	static const char *const others[] = { "", "nope", "20261121t090113z",
		"20261121t090113z-4f0c9a21b", "20261121t090113z-4f0c9a21be0",
		"20261121t090113z-4f0c9a21bg", "20261121T090113Z-4f0c9a21be",
		"2026112xt090113z-4f0c9a21be" };
	char made[RUN_ID_CHARS + 1];

	(void)state;
	run_id_make(made);
	assert_true(run_id_is_one(made));
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (run_id_is_one(others[i]))
			fail_msg("'%s' is taken for a run's id", others[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_id_is_the_time_and_all_of_the_random_bits),
		cmocka_unit_test(ids_are_short_plain_and_differ),
		cmocka_unit_test(ids_are_told_from_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
