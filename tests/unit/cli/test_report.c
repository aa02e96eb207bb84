/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/report.h"

#include "unit.h"

#define RED "\033[1;31mamiwright:\033[0m "

static void messages_fit_the_terminal(void **state)
{
	static const struct {
		enum err_code code;
		const char *message;
		struct report_style style;
		const char *expected;
	} cases[] = {
		{ ERR_SYSTEM, "one two three four five six seven eight nine",
			{ false, 0 },
			"amiwright: one two three four five six seven eight nine\n" },
		{ ERR_SYSTEM, "one two three four five six seven eight nine",
			{ false, 40 },
			"amiwright: one two three four five six\n"
			"           seven eight nine\n" },
		{ ERR_SYSTEM, "one two three four five six seven eight nine",
			{ true, 40 },
			RED "one two three four five six\n"
			    "           seven eight nine\n" },
		{ ERR_SYSTEM, "one two three four five six seven eight nine",
			{ false, 39 },
			"amiwright: one two three four five six seven eight nine\n" },
		{ ERR_RECIPE, "directory/of/recipes/debian.yaml:12:34: it is wrong",
			{ false, 40 },
			"amiwright: directory/of/recipes/debian.yaml:12:34:\n"
			"           it is wrong\n" },
		{ ERR_CHILD, "failed with exit code 1: mkfs 'a  name' and many words",
			{ false, 40 },
			"amiwright: failed with exit code 1: mkfs 'a  name' and many "
			"words\n" },
		{ ERR_SYSTEM, "", { false, 40 }, "amiwright: \n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct error err = ERROR_INIT;
		CLEANUP(freep) char *text = NULL;
		size_t length;
		FILE *to = open_memstream(&text, &length);

		assert_non_null(to);
		(void)error_set(&err, cases[i].code, 0, "%s", cases[i].message);
		report_error(to, NULL, &err, cases[i].style);
		assert_int_equal(fclose(to), 0);
		assert_string_equal(text, cases[i].expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_fit_the_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
