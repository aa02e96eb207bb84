/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rt/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

/* printf itself says what is right. */
#define AGREES(...)                                                  \
	do {                                                         \
		char ours[256], theirs[256];                         \
		struct text t_ = TEXT_IN(ours);                      \
		text_addf(&t_, __VA_ARGS__);                         \
		(void)snprintf(theirs, sizeof(theirs), __VA_ARGS__); \
		assert_string_equal(ours, theirs);                   \
		assert_int_equal(t_.length_bytes, strlen(theirs));   \
		assert_false(t_.cut);                                \
	} while (0)

static void formats_as_printf_does(void **state)
{
	(void)state;
	AGREES("plain");
	AGREES("%s and %s%%", "one", "");
	AGREES("%.*s|%.*s|", 3, "abcdef", 0, "abc");
	AGREES("%d %d %d %d", 0, -1, INT_MAX, INT_MIN);
	AGREES("%u %u", 0u, UINT_MAX);
	AGREES("%x %02x %08x %4x|", 0u, 10u, 0xdeadbeefu, 0xfu);
	AGREES("%05d %05d %5d|%2d|", 42, -42, -42, 12345);
	AGREES("%lu %llu %zu", ULONG_MAX, 1ULL << 63, SIZE_MAX);
	AGREES("%c%c", 'a', 'z');
}

static void what_does_not_fit_is_cut_and_said(void **state)
{
	char small[8];
	struct text t = TEXT_IN(small);

	(void)state;
	text_add_str(&t, "1234567");
	assert_false(t.cut);
	text_addf(&t, "%s", "");
	assert_false(t.cut);
	text_addf(&t, "%d", 8);
	assert_true(t.cut);
	assert_string_equal(small, "1234567");
	text_add(&t, "more", 4);
	assert_int_equal(t.length_bytes, 7);
}

static void numbers_are_read_whole_or_not_at_all(void **state)
{
	static const struct {
		const char *digits;
		uint64_t most;
		bool good;
		uint64_t value;
	} cases[] = {
		{ "0", 0, true, 0 },
		{ "1", 0, false, 0 },
		{ "007", 7, true, 7 },
		{ "8", 7, false, 0 },
		{ "18446744073709551615", UINT64_MAX, true, UINT64_MAX },
		{ "18446744073709551616", UINT64_MAX, false, 0 },
		{ "99999999999999999999999", UINT64_MAX, false, 0 },
		{ "", 9, false, 0 },
		{ "-1", 9, false, 0 },
		{ "1 ", 9, false, 0 },
		{ "0x1", 99, false, 0 },
		{ "255", 255, true, 255 },
		{ "256", 255, false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t value = 4711;

		assert_int_equal(text_number(cases[i].digits, strlen(cases[i].digits),
					 cases[i].most, &value),
			cases[i].good);
		assert_int_equal(value, cases[i].good ? cases[i].value : 4711);
	}
}

static void errors_have_words_or_a_number(void **state)
{
	(void)state;
	assert_string_equal(text_errno(-ENOSPC), "no space left");
	assert_string_equal(text_errno(-ELOOP), "is a symbolic link");
	assert_string_equal(text_errno(-4000), "error 4000");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(formats_as_printf_does),
		cmocka_unit_test(what_does_not_fit_is_cut_and_said),
		cmocka_unit_test(numbers_are_read_whole_or_not_at_all),
		cmocka_unit_test(errors_have_words_or_a_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
