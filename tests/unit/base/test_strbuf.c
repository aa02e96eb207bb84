/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/strbuf.h"

#include "unit.h"

static void an_empty_buffer_is_an_empty_string(void **state)
{
	struct strbuf s = STRBUF_INIT;
	char *taken;

	(void)state;
	strbuf_add(&s, NULL, 0);
	strbuf_add_str(&s, "");
	strbuf_truncate(&s, 0);
	strbuf_drop_front(&s, 5);
	assert_string_equal(s.data, "");
	taken = strbuf_take(&s);
	assert_string_equal(taken, "");
	free(taken);
	strbuf_release(&s);
	strbuf_release(&s);
}

static void it_grows_and_stays_terminated(void **state)
{
	struct strbuf s = STRBUF_INIT;

	(void)state;
	for (unsigned int i = 0; i < 100000; i++) {
		strbuf_add_char(&s, (char)('a' + i % 26));
		assert_int_equal(s.data[s.length_bytes], '\0');
	}
	assert_int_equal(s.length_bytes, 100000);
	for (unsigned int i = 0; i < 100000; i++)
		assert_int_equal(s.data[i], 'a' + i % 26);
	strbuf_release(&s);
	assert_string_equal(s.data, "");
}

static void bytes_may_be_nul(void **state)
{
	struct strbuf s = STRBUF_INIT;

	(void)state;
	strbuf_add(&s, "a\0b", 3);
	strbuf_addf(&s, "%d-%s", 7, "x");
	assert_int_equal(s.length_bytes, 6);
	assert_memory_equal(s.data, "a\0b7-x", 7);
	strbuf_release(&s);
}

static void it_is_cut_at_both_ends(void **state)
{
	struct strbuf s = STRBUF_INIT;

	(void)state;
	strbuf_add_str(&s, "0123456789");
	strbuf_drop_front(&s, 3);
	assert_string_equal(s.data, "3456789");
	strbuf_truncate(&s, 4);
	assert_string_equal(s.data, "3456");
	strbuf_truncate(&s, 100);
	assert_int_equal(s.length_bytes, 4);
	strbuf_drop_front(&s, 100);
	assert_int_equal(s.length_bytes, 0);
	assert_string_equal(s.data, "");
	strbuf_release(&s);
}

static void a_taken_string_is_the_callers(void **state)
{
	struct strbuf s = STRBUF_INIT;
	char *taken;

	(void)state;
	strbuf_add_str(&s, "one");
	taken = strbuf_take(&s);
	strbuf_add_str(&s, "two");
	assert_string_equal(taken, "one");
	assert_string_equal(s.data, "two");
	free(taken);
	strbuf_release(&s);
}

static void shell_words_are_quoted_where_they_have_to_be(void **state)
{
	static const struct {
		const char *text, *word;
	} cases[] = {
		{ "plain-1.2_3/@%+=:,", "plain-1.2_3/@%+=:," },
		{ "", "''" },
		{ "two words", "'two words'" },
		{ "it's", "'it'\\''s'" },
		{ "'", "''\\'''" },
		{ "$HOME", "'$HOME'" },
		{ "~", "'~'" },
		{ "a\nb", "'a\nb'" },
		{ "*", "'*'" },
		{ "\\", "'\\'" },
		{ "\xff", "'\xff'" },
		{ "-n", "-n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct strbuf s = STRBUF_INIT;

		strbuf_add_shell_word(&s, cases[i].text);
		assert_string_equal(s.data, cases[i].word);
		strbuf_release(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_buffer_is_an_empty_string),
		cmocka_unit_test(it_grows_and_stays_terminated),
		cmocka_unit_test(bytes_may_be_nul),
		cmocka_unit_test(it_is_cut_at_both_ends),
		cmocka_unit_test(a_taken_string_is_the_callers),
		cmocka_unit_test(shell_words_are_quoted_where_they_have_to_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
