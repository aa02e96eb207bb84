/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/verify_facts.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "base/cleanup.h"

static void parse(struct facts *f, const char *text)
{
	facts_parse(f, text, strlen(text));
}

static void only_our_lines_count(void **state)
{
	CLEANUP(facts_releasep) struct facts f = FACTS_INIT;

	(void)state;
	parse(&f, "Welcome!\namiwright:user=admin\n amiwright:user=root\nuser=root\n"
		  "amiwright:sudo=yes\r\namiwright:nothing\namiwright:a=b=c\namiwright:"
		  "last=1");
	assert_string_equal(facts_get(&f, "user"), "admin");
	assert_string_equal(facts_get(&f, "sudo"), "yes?");
	assert_string_equal(facts_get(&f, "a"), "b=c");
	assert_string_equal(facts_get(&f, "last"), "1");
	assert_string_equal(facts_get(&f, "nothing"), "");
	assert_int_equal(f.count, 4);
}

static void a_key_may_have_several_values(void **state)
{
	CLEANUP(facts_releasep) struct facts f = FACTS_INIT;
	CLEANUP(strbuf_releasep) struct strbuf joined = STRBUF_INIT;

	(void)state;
	parse(&f, "amiwright:u=a\namiwright:x=y\namiwright:u=b\n");
	assert_int_equal(facts_count(&f, "u"), 2);
	assert_string_equal(facts_nth(&f, "u", 1), "b");
	assert_null(facts_nth(&f, "u", 2));
	assert_true(facts_contains(&f, "u", "b"));
	assert_false(facts_contains(&f, "u", "y"));
	facts_join(&f, "u", &joined);
	assert_string_equal(joined.data, "a, b");
}

static void numbers_are_plain_or_none(void **state)
{
	static const char *const bad[] = { "", "-1", "+1", " 1", "1 ", "1.5", "0x10",
		"18446744073709551616", "99999999999999999999999", "one" };
	uint64_t n = 7;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		CLEANUP(facts_releasep) struct facts f = FACTS_INIT;
		CLEANUP(strbuf_releasep) struct strbuf line = STRBUF_INIT;

		strbuf_addf(&line, "amiwright:n=%s\n", bad[i]);
		parse(&f, line.data);
		assert_false(facts_number(&f, "n", &n));
		assert_int_equal(n, 7);
	}
	CLEANUP(facts_releasep) struct facts f = FACTS_INIT;

	parse(&f, "amiwright:n=18446744073709551615\n");
	assert_true(facts_number(&f, "n", &n));
	assert_true(n == UINT64_MAX);
	assert_false(facts_number(&f, "m", &n));
}

static void a_guest_that_floods_is_bounded(void **state)
{
	CLEANUP(facts_releasep) struct facts f = FACTS_INIT;
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;

	(void)state;
	strbuf_add_str(&text, "amiwright:long=");
	for (int i = 0; i < 100000; i++)
		strbuf_add_char(&text, 'x');
	for (int i = 0; i < 10000; i++)
		strbuf_add_str(&text, "\namiwright:many=1");
	facts_parse(&f, text.data, text.length_bytes);
	assert_int_equal(f.count, FACTS_MOST);
	assert_int_equal(strlen(facts_get(&f, "long")), FACT_VALUE_MOST_BYTES);
}

static void control_characters_are_taken_out(void **state)
{
	static const char text[] = "amiwright:u=a\033[2J\0b\n";
	CLEANUP(facts_releasep) struct facts f = FACTS_INIT;

	(void)state;
	facts_parse(&f, text, sizeof(text) - 1);
	assert_string_equal(facts_get(&f, "u"), "a?[2J?b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_our_lines_count),
		cmocka_unit_test(a_key_may_have_several_values),
		cmocka_unit_test(numbers_are_plain_or_none),
		cmocka_unit_test(a_guest_that_floods_is_bounded),
		cmocka_unit_test(control_characters_are_taken_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
