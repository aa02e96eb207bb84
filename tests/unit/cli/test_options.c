/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/options.h"

#include "base/size.h"
#include "base/strv.h"
#include "unit.h"

struct args {
	bool flag, other;
	const char *text;
	struct strv list;
	uint64_t size_bytes, number, wait_s, age_s;
	unsigned int word;
};

static const char *const words[] = { "one", "two", NULL };

static const struct opt table[] = {
	{ "flag", OPT_FLAG, OPT_AT(struct args, flag), .letter = 'f', .help = "a" },
	{ "other-flag", OPT_FLAG, OPT_AT(struct args, other), .letter = 'o',
		.help = "b" },
	{ "text", OPT_STRING, OPT_AT(struct args, text), .letter = 't', .arg = "T",
		.help = "c" },
	{ "list", OPT_STRINGS, OPT_AT(struct args, list), .arg = "L", .help = "d" },
	{ "size", OPT_SIZE, OPT_AT(struct args, size_bytes), .arg = "S", .fallback = "1G",
		.help = "e" },
	{ "number", OPT_NUMBER, OPT_AT(struct args, number), .arg = "N", .least = 2,
		.most = 9, .fallback = "5", .help = "f" },
	{ "wait", OPT_DURATION, OPT_AT(struct args, wait_s), .arg = "D", .least = 2,
		.most = 7200, .fallback = "1h", .help = "i" },
	{ "age", OPT_DURATION, OPT_AT(struct args, age_s), .arg = "A", .fallback = "6h",
		.needs_unit = true, .help = "j" },
	{ "word", OPT_WORD, OPT_AT(struct args, word), .arg = "W", .words = words,
		.fallback = "two", .help = "g" },
	{ "hidden-from-env", OPT_FLAG, OPT_AT(struct args, flag), .no_environment = true,
		.help = "h" },
	OPT_END,
};

enum { ARGS_MOST = 12 };

/* Parse up to NULL; the words that are left stand at the front of `argv`. */
static int parse(const char *const *from, struct args *args, char *argv[ARGS_MOST + 1],
	int *ret_words, struct error *err)
{
	const struct opt_set set = { table, args };
	int argc = 0;

	for (; argc < ARGS_MOST && from[argc]; argc++)
		argv[argc] = (char *)from[argc];
	argv[argc] = NULL;
	if (options_prepare(&set, err) < 0)
		return -1;
	return options_parse_all(&set, 1, argc, argv, ret_words, err);
}

#define PARSE(args, argv, words, err, ...)                                          \
	parse((const char *const[]){ __VA_ARGS__ __VA_OPT__(, ) NULL }, args, argv, \
		words, err)

static void release(struct args *args)
{
	options_release(&(struct opt_set){ table, args });
}

static void every_form_is_taken(void **state)
{
	CLEANUP(release) struct args args = { 0 };
	struct error err = ERROR_INIT;
	char *argv[ARGS_MOST + 1];
	int count;

	(void)state;
	assert_int_equal(
		PARSE(&args, argv, &count, &err, "a", "--text", "x", "-of", "b",
			"--size=8G", "--list=1", "--list", "2", "--", "--flag", "-"),
		0);
	assert_int_equal(count, 4);
	assert_string_equal(argv[0], "a");
	assert_string_equal(argv[1], "b");
	assert_string_equal(argv[2], "--flag");
	assert_string_equal(argv[3], "-");
	assert_true(args.flag && args.other);
	assert_string_equal(args.text, "x");
	assert_int_equal(args.size_bytes, 8 * GIB);
	assert_int_equal(args.list.count, 2);
	assert_string_equal(args.list.items[1], "2");
	assert_int_equal(args.number, 5);
	assert_int_equal(args.word, 1);
}

static void short_forms_take_values(void **state)
{
	CLEANUP(release) struct args args = { 0 };
	struct error err = ERROR_INIT;
	char *argv[ARGS_MOST + 1];
	int count;

	(void)state;
	assert_int_equal(PARSE(&args, argv, &count, &err, "-ftx", "-"), 0);
	assert_string_equal(args.text, "x");
	assert_int_equal(PARSE(&args, argv, &count, &err, "-t", "-f"), 0);
	assert_string_equal(args.text, "-f");
	assert_int_equal(PARSE(&args, argv, &count, &err, "--text="), 0);
	assert_string_equal(args.text, "");
	assert_int_equal(PARSE(&args, argv, &count, &err, "--number=2", "--number=9"), 0);
	assert_int_equal(args.number, 9);
}

static void durations_are_in_any_unit(void **state)
{
	CLEANUP(release) struct args args = { 0 };
	struct error err = ERROR_INIT;
	char *argv[ARGS_MOST + 1];
	int count;

	(void)state;
	assert_int_equal(PARSE(&args, argv, &count, &err, "--age=0s"), 0);
	assert_int_equal(args.wait_s, 3600);
	assert_int_equal(args.age_s, 0);
	assert_int_equal(PARSE(&args, argv, &count, &err, "--wait=30m", "--age=2d"), 0);
	assert_int_equal(args.wait_s, 1800);
	assert_int_equal(args.age_s, 2 * 86400);
	assert_int_equal(PARSE(&args, argv, &count, &err, "--wait=90"), 0);
	assert_int_equal(args.wait_s, 90);
}

static void what_is_wrong_is_named(void **state)
{
	static const struct {
		const char *args[3];
		const char *expected;
	} cases[] = {
		{ { "--flga" }, "there is no option '--flga'; did you mean '--flag'?" },
		{ { "--xyzzy" }, "there is no option '--xyzzy'" },
		{ { "-x" }, "there is no option '-x'" },
		{ { "-fx" }, "there is no option '-x'" },
		{ { "--=x" }, "there is no option '--'" },
		{ { "--text" }, "--text needs a value: --text T" },
		{ { "-t" }, "-t needs a value: -t T" },
		{ { "--flag=1" }, "--flag takes no value" },
		{ { "--size", "8X" },
			"--size: '8X' is not a size; write it like 512M or 8G" },
		{ { "--size=" }, "--size: '' is not a size" },
		{ { "--size=20" },
			"--size: '20' has no unit; write 20G, or 20B for bytes" },
		{ { "--number=x" }, "--number: 'x' is not a number" },
		{ { "--number=-1" }, "--number: '-1' is not a number" },
		{ { "--number=" }, "--number: '' is not a number" },
		{ { "--number=1" }, "--number: 1 is less than the least, 2" },
		{ { "--number=10" }, "--number: 10 is more than the most, 9" },
		{ { "--wait=1s" }, "--wait: 1 s is less than the least, 2 s" },
		{ { "--wait=3h" }, "--wait: 10800 s is more than the most, 7200 s" },
		{ { "--wait=6x" },
			"--wait: '6x' is not a duration; write it like 90s, 30m, 6h" },
		{ { "--wait=" }, "--wait: '' is not a duration" },
		{ { "--age=6" }, "--age: '6' is not a duration" },
		{ { "--number=99999999999999999999" },
			"--number: '99999999999999999999' is not" },
		{ { "--word=three" }, "--word: 'three' is not one of one, two" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(release) struct args args = { 0 };
		struct error err = ERROR_INIT;
		char *argv[ARGS_MOST + 1];
		int count = 77;

		if (parse(cases[i].args, &args, argv, &count, &err) == 0)
			fail_msg("'%s' was taken", cases[i].args[0]);
		unit_assert_error(&err, ERR_USAGE, cases[i].expected);
		assert_int_equal(count, 77);
	}
}

static void arguments_beat_the_environment(void **state)
{
	CLEANUP(release) struct args args = { 0 };
	struct error err = ERROR_INIT;
	char *argv[ARGS_MOST + 1];
	int count;

	(void)state;
	assert_int_equal(setenv("AMIWRIGHT_OTHER_FLAG", "On", 1), 0);
	assert_int_equal(setenv("AMIWRIGHT_NUMBER", "7", 1), 0);
	assert_int_equal(setenv("AMIWRIGHT_SIZE", "2G", 1), 0);
	assert_int_equal(setenv("AMIWRIGHT_TEXT", "", 1), 0); /* as if it were not set */
	assert_int_equal(setenv("AMIWRIGHT_HIDDEN_FROM_ENV", "yes", 1), 0);
	assert_int_equal(PARSE(&args, argv, &count, &err, "--number=3"), 0);
	assert_true(args.other);
	assert_false(args.flag);
	assert_int_equal(args.number, 3);
	assert_int_equal(args.size_bytes, 2 * GIB);
	assert_null(args.text);

	assert_int_equal(setenv("AMIWRIGHT_OTHER_FLAG", "maybe", 1), 0);
	assert_int_equal(PARSE(&args, argv, &count, &err), -1);
	unit_assert_error(
		&err, ERR_USAGE, "AMIWRIGHT_OTHER_FLAG: 'maybe' is neither yes nor no");
	assert_int_equal(unsetenv("AMIWRIGHT_OTHER_FLAG"), 0);
	assert_int_equal(unsetenv("AMIWRIGHT_NUMBER"), 0);
	assert_int_equal(unsetenv("AMIWRIGHT_SIZE"), 0);
	assert_int_equal(unsetenv("AMIWRIGHT_TEXT"), 0);
	assert_int_equal(unsetenv("AMIWRIGHT_HIDDEN_FROM_ENV"), 0);
}

static void leading_options_end_at_the_first_word(void **state)
{
	CLEANUP(release) struct args args = { 0 };
	const struct opt_set set = { table, &args };
	struct error err = ERROR_INIT;
	char *argv[] = { (char *)"-f", (char *)"--text", (char *)"x", (char *)"word",
		(char *)"--other-flag", NULL };
	int used;

	(void)state;
	assert_int_equal(options_parse_leading(&set, 1, 5, argv, &used, &err), 0);
	assert_int_equal(used, 3);
	assert_true(args.flag);
	assert_false(args.other);
}

static void required_options_are_missed(void **state)
{
	static const struct opt one[] = {
		{ "text", OPT_STRING, OPT_AT(struct args, text), .arg = "T",
			.required = true, .help = "what to say" },
		OPT_END,
	};
	struct args args = { 0 };
	const struct opt_set set = { one, &args };
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(options_check(&set, &err), -1);
	unit_assert_error(&err, ERR_USAGE, "--text T is needed: what to say");
	args.text = "";
	assert_int_equal(options_check(&set, &err), -1);
	args.text = "x";
	assert_int_equal(options_check(&set, &err), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form_is_taken),
		cmocka_unit_test(short_forms_take_values),
		cmocka_unit_test(durations_are_in_any_unit),
		cmocka_unit_test(what_is_wrong_is_named),
		cmocka_unit_test(arguments_beat_the_environment),
		cmocka_unit_test(leading_options_end_at_the_first_word),
		cmocka_unit_test(required_options_are_missed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
