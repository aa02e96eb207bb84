/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/error.h"

#include <stdio.h>

#include "unit.h"

static void context_goes_before_what_was_said(void **state)
{
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(error_set(&err, ERR_FETCH, 404, "get '%s'", "x.deb"), -1);
	assert_int_equal(error_context(&err, "package %d", 7), -1);
	assert_int_equal(error_context(&err, "tree"), -1);
	assert_string_equal(err.msg, "tree: package 7: get 'x.deb'");
	assert_int_equal(err.code, ERR_FETCH);
	assert_int_equal(err.detail, 404);
}

static void system_errors_say_why(void **state)
{
	static const struct {
		int errnum;
		enum err_code code;
		const char *msg;
	} cases[] = {
		{ ENOENT, ERR_SYSTEM, "open 'a': No such file or directory" },
		{ EACCES, ERR_SYSTEM, "open 'a': Permission denied" },
		{ ENOSPC, ERR_SPACE, "open 'a': No space left on device" },
		{ EDQUOT, ERR_SPACE, "open 'a': Disk quota exceeded" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct error err = { .output = "of an error before" };

		errno = cases[i].errnum;
		assert_int_equal(error_errno(&err, "open '%s'", "a"), -1);
		assert_int_equal(err.code, cases[i].code);
		assert_int_equal(err.detail, cases[i].errnum);
		assert_string_equal(err.msg, cases[i].msg);
		assert_string_equal(err.output, "");
	}
}

static void an_error_may_be_made_from_itself(void **state)
{
	struct error err = ERROR_INIT;

	(void)state;
	(void)error_set(&err, ERR_SYSTEM, 0, "inner");
	(void)error_set(&err, ERR_TOOL, 1, "outer (%s)", err.msg);
	assert_string_equal(err.msg, "outer (inner)");
	(void)error_context(&err, "again: %s", err.msg);
	assert_string_equal(err.msg, "again: outer (inner): outer (inner)");
}

static void long_messages_are_cut_not_overrun(void **state)
{
	struct error err = ERROR_INIT;
	char text[3 * ERROR_MSG_BYTES];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	(void)error_set(&err, ERR_SYSTEM, 0, "%s", text);
	assert_int_equal(strlen(err.msg), ERROR_MSG_BYTES - 1);
	(void)error_context(&err, "outside");
	assert_int_equal(strlen(err.msg), ERROR_MSG_BYTES - 1);
	assert_memory_equal(err.msg, "outside: xxx", 12);
	(void)error_set_errno(&err, ENOENT, "%s", text);
	assert_int_equal(strlen(err.msg), ERROR_MSG_BYTES - 1);
}

static void names_cannot_steer_the_terminal(void **state)
{
	struct error err = ERROR_INIT;

	(void)state;
	(void)error_set(
		&err, ERR_SYSTEM, 0, "open '%s'", "a\x1b[2J\r\b\x7f\tb\nc\xc3\xa4");
	assert_string_equal(err.msg, "open 'a?[2J???\tb\nc\xc3\xa4'");
}

static void the_end_of_output_is_kept(void **state)
{
	struct error err = ERROR_INIT;
	char *lines = xcalloc(1, 20001), *line = xcalloc(1, 20001);

	(void)state;
	error_set_output(&err, "short\n", 6);
	assert_string_equal(err.output, "short\n");
	for (size_t i = 0; i < 2000; i++)
		(void)snprintf(lines + i * 10, 11, "line %04zu\n", i);
	error_set_output(&err, lines, 20000);
	/* 819 whole lines are what fits into 8191 bytes. */
	assert_int_equal(strlen(err.output), 8190);
	assert_memory_equal(err.output, "line 1181\n", 10);
	assert_string_equal(err.output + 8180, "line 1999\n");
	memset(line, 'x', 20000);
	error_set_output(&err, line, 20000);
	assert_int_equal(strlen(err.output), ERROR_OUTPUT_BYTES - 1);
	line[19999] = '\n';
	error_set_output(&err, line, 20000);
	assert_int_equal(strlen(err.output), ERROR_OUTPUT_BYTES - 1);
	error_set_output(&err, "a\0b", 3);
	assert_string_equal(err.output, "a b");
	free(lines);
	free(line);
}

static void each_class_has_a_code_and_a_word_of_its_own(void **state)
{
	(void)state;
	for (int a = ERR_NONE; a <= ERR_INTERRUPTED; a++) {
		struct error x = { .code = (enum err_code)a };

		assert_non_null(error_code_name(x.code));
		for (int b = ERR_NONE; b < a; b++) {
			struct error y = { .code = (enum err_code)b };

			assert_int_not_equal(error_exit_code(&x), error_exit_code(&y));
			assert_string_not_equal(
				error_code_name(x.code), error_code_name(y.code));
		}
	}
}

static void exit_codes_are_the_documented_ones(void **state)
{
	static const struct {
		enum err_code code;
		int detail, exit_code;
	} cases[] = {
		{ ERR_NONE, 0, 0 },
		{ ERR_SYSTEM, ENOENT, 1 },
		{ ERR_USAGE, 0, 2 },
		{ ERR_CHILD, 143, 7 },
		{ ERR_INTERRUPTED, 2, 130 },
		{ ERR_INTERRUPTED, 15, 143 },
		{ ERR_INTERRUPTED, 0, 130 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct error err = { .code = cases[i].code, .detail = cases[i].detail };

		assert_int_equal(error_exit_code(&err), cases[i].exit_code);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(context_goes_before_what_was_said),
		cmocka_unit_test(system_errors_say_why),
		cmocka_unit_test(an_error_may_be_made_from_itself),
		cmocka_unit_test(long_messages_are_cut_not_overrun),
		cmocka_unit_test(names_cannot_steer_the_terminal),
		cmocka_unit_test(the_end_of_output_is_kept),
		cmocka_unit_test(each_class_has_a_code_and_a_word_of_its_own),
		cmocka_unit_test(exit_codes_are_the_documented_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
