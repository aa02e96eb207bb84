/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/words.h"

#include "unit.h"

static void booleans_are_read_in_any_case(void **state)
{
	static const struct {
		const char *text;
		bool known, value;
	} cases[] = {
		{ "1", true, true },
		{ "yes", true, true },
		{ "TRUE", true, true },
		{ "On", true, true },
		{ "0", true, false },
		{ "No", true, false },
		{ "false", true, false },
		{ "OFF", true, false },
		{ "", false, false },
		{ "2", false, false },
		{ "y", false, false },
		{ "yes ", false, false },
		{ "01", false, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		bool value = !cases[i].value;

		assert_int_equal(bool_parse(cases[i].text, &value), cases[i].known);
		assert_int_equal(value, cases[i].known == cases[i].value);
	}
}

static void edits_are_counted(void **state)
{
	static const struct {
		const char *a, *b;
		size_t distance;
	} cases[] = {
		{ "", "", 0 },
		{ "", "abc", 3 },
		{ "abc", "", 3 },
		{ "disk", "disk", 0 },
		{ "disk", "dusk", 1 },
		{ "disk", "dsik", 1 },
		{ "disk", "disks", 1 },
		{ "disk", "isk", 1 },
		{ "packges", "packages", 1 },
		{ "kitten", "sitting", 3 },
		{ "ab", "ba", 1 },
		{ "abcd", "badc", 2 },
		{ "ca", "abc", 3 },
		{ "\xc3\xa4", "a", 2 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		size_t there = edit_distance(cases[i].a, cases[i].b);
		size_t back = edit_distance(cases[i].b, cases[i].a);

		if (there != cases[i].distance || back != there)
			fail_msg("'%s' to '%s' is %zu, back %zu", cases[i].a, cases[i].b,
				there, back);
	}
}

static void of_long_words_only_the_begin_counts(void **state)
{
	char a[1000], b[1000];

	(void)state;
	memset(a, 'x', sizeof(a) - 1);
	memset(b, 'x', sizeof(b) - 1);
	a[sizeof(a) - 1] = b[sizeof(b) - 1] = '\0';
	b[500] = 'y';
	assert_int_equal(edit_distance(a, b), 0);
	b[62] = 'y';
	assert_int_equal(edit_distance(a, b), 1);
	b[0] = 'y';
	assert_int_equal(edit_distance(a, b), 2);
}

static void the_nearest_word_is_what_was_meant(void **state)
{
	static const char *const known[] = { "name", "distro", "release", "packages",
		"disk", "arm64", "x86_64", "remove", "register" };
	static const struct {
		const char *word, *best;
	} cases[] = {
		{ "packges", "packages" },
		{ "dsik", "disk" },
		{ "distr", "distro" },
		{ "nmae", "name" },
		{ "name", "name" },
		{ "relase", "release" },
		{ "PACKAGES", "packages" },
		{ "zzzzzz", NULL },
		/* Other tools' words. */
		{ "amd64", "x86_64" },
		{ "aarch64", "arm64" },
		{ "deregister", "remove" },
		{ "", NULL },
		{ "x", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct nearest n = { .word = cases[i].word };
		const char *best;

		assert_null(nearest_best(&n));
		for (size_t k = 0; k < ARRAY_SIZE(known); k++)
			nearest_offer(&n, known[k]);
		best = nearest_best(&n);
		if (best != cases[i].best &&
			(!best || !cases[i].best || strcmp(best, cases[i].best) != 0))
			fail_msg("nearest to '%s' is '%s'", cases[i].word,
				best ? best : "(none)");
	}
}

static void one_is_told_from_more(void **state)
{
	(void)state;
	assert_string_equal(plural_s(0), "s");
	assert_string_equal(plural_s(1), "");
	assert_string_equal(plural_s(2), "s");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(booleans_are_read_in_any_case),
		cmocka_unit_test(edits_are_counted),
		cmocka_unit_test(of_long_words_only_the_begin_counts),
		cmocka_unit_test(the_nearest_word_is_what_was_meant),
		cmocka_unit_test(one_is_told_from_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
