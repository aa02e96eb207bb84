/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/wrap.h"

#include "unit.h"

static void width_counts_characters(void **state)
{
	(void)state;
	assert_int_equal(wrap_width(""), 0);
	assert_int_equal(wrap_width("abc"), 3);
	assert_int_equal(wrap_width("\xc3\xa9\xe2\x82\xac\xf0\x9f\x92\xbe"), 3);
}

struct wrap_case {
	const char *text;
	size_t at, column, most;
	const char *expected;
};

static void assert_wrapped(void (*wrap)(struct strbuf *to, const char *text, size_t at,
				   size_t column, size_t most),
	const struct wrap_case *c)
{
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;

	wrap(&text, c->text, c->at, c->column, c->most);
	if (strcmp(text.data, c->expected) != 0)
		fail_msg("'%s' became:\n%s", c->text, text.data);
}

static void text_is_broken_into_lines(void **state)
{
	static const struct wrap_case cases[] = {
		{ "", 0, 0, 10, "\n" },
		{ "one two", 0, 0, 10, "one two\n" },
		{ "one  two three", 0, 0, 10, "one two\nthree\n" },
		{ "one two", 0, 0, 7, "one two\n" },
		{ "one two", 0, 0, 6, "one\ntwo\n" },
		{ "one two", 2, 4, 8, "  one\n    two\n" },
		{ "one two", 6, 4, 9, "one\n    two\n" },
		{ "0123456789", 0, 2, 6, "  0123\n  4567\n  89\n" },
		{ "a 0123456789 b", 0, 0, 4, "a\n0123\n4567\n89 b\n" },
		{ "\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac x", 0, 0, 2,
			"\xe2\x82\xac\xe2\x82\xac\n\xe2\x82\xac\nx\n" },
		{ "  a  ", 0, 0, 10, "a\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_wrapped(wrap_add, &cases[i]);
}

static void words_that_may_be_copied_stay_whole(void **state)
{
	static const struct wrap_case cases[] = {
		{ "", 0, 0, 10, "\n" },
		{ "one two", 0, 2, 9, "  one two\n" },
		{ "one two", 0, 2, 8, "  one\n  two\n" },
		{ "one two three", 3, 3, 10, "one two\n   three\n" },
		{ "a  b", 0, 0, 10, "a  b\n" },
		{ "a  b", 0, 0, 3, "a\nb\n" },
		{ "in dir/a.yaml:12:34: no", 0, 2, 10,
			"  in\n  dir/a.yaml:12:34:\n  no\n" },
		{ "0123456789 b", 0, 0, 4, "0123456789\nb\n" },
		{ "\xe2\x82\xac\xe2\x82\xac \xc3\xa9 x", 0, 0, 4,
			"\xe2\x82\xac\xe2\x82\xac \xc3\xa9\nx\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_wrapped(wrap_add_whole, &cases[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(width_counts_characters),
		cmocka_unit_test(text_is_broken_into_lines),
		cmocka_unit_test(words_that_may_be_copied_stay_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
