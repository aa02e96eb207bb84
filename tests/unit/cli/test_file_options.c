/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/file_options.h"

#include "unit.h"

struct args {
	const char *out, *log, *in, *result, *first;
};

static const struct opt table[] = {
	{ "out", OPT_STRING, OPT_AT(struct args, out), .file = OPT_FILE_WRITTEN },
	{ "log", OPT_STRING, OPT_AT(struct args, log), .file = OPT_FILE_WRITTEN },
	{ "in", OPT_STRING, OPT_AT(struct args, in), .file = OPT_FILE_READ },
	{ "result", OPT_STRING, OPT_AT(struct args, result), .file = OPT_FILE_RESULT },
	{ "first", OPT_STRING, OPT_AT(struct args, first), .file = OPT_FILE_READ_FIRST },
	OPT_END,
};

/* The options are held against real files: the tests stand in the scratch directory. */
static void make_files(const char *scratch)
{
	unit_write_file(scratch, "disk", "disk");
	unit_write_file(scratch, "other", "other");
	assert_int_equal(chdir(scratch), 0);
	assert_int_equal(link("disk", "hard"), 0);
	assert_int_equal(symlink("disk", "soft"), 0);
}

static void what_is_read_is_not_written(void **state)
{
	static const struct {
		struct args args;
		const char *word;
		const char *message; /* NULL: allowed */
	} cases[] = {
		{ { 0 }, "disk", NULL },
		{ { .in = "disk" }, "disk", NULL },
		{ { .out = "new" }, "disk", NULL },
		{ { .out = "disk" }, "disk", "--out disk would overwrite 'disk'" },
		{ { .out = "./disk" }, "disk", "--out ./disk would overwrite 'disk'" },
		{ { .out = "hard" }, "disk", "--out hard would overwrite 'disk'" },
		{ { .out = "soft" }, "disk", "--out soft would overwrite 'disk'" },
		{ { .log = "disk" }, "soft", "--log disk would overwrite 'soft'" },
		{ { .out = "new", .log = "new" }, "disk",
			"--out new would overwrite the file of --log" },
		{ { .out = "new" }, "new", "--out new would overwrite 'new'" },
		{ { .out = "other", .in = "other" }, "disk",
			"--out other would overwrite the file of --in" },
		{ { .result = "other", .first = "other" }, "disk", NULL },
		{ { .log = "other", .first = "other" }, "disk",
			"--log other would overwrite the file of --first" },
		{ { .result = "other", .in = "other" }, "disk",
			"--result other would overwrite the file of --in" },
		{ { .result = "disk" }, "disk", "--result disk would overwrite 'disk'" },
		{ { .out = "-", .log = "-" }, "-", NULL },
		{ { .out = "/dev/null", .log = "/dev/null" }, "/dev/null", NULL },
		{ { .out = "." }, ".", NULL },
	};

	make_files(*state);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct args args = cases[i].args;
		const struct opt_set set = { table, &args };
		char *words[] = { (char *)cases[i].word };
		struct error err = ERROR_INIT;
		const int r = file_options_check(&set, 1, words, 1, &err);

		if (r != (cases[i].message ? -1 : 0))
			fail_msg("case %zu: %d, %s", i, r, err.msg);
		if (cases[i].message)
			unit_assert_error(&err, ERR_USAGE, cases[i].message);
	}
}

/* A shell's own words, behind the image that a command runs in, are no files of ours. */
static void other_words_are_no_files(void **state)
{
	struct args args = { .out = "disk" };
	const struct opt_set set = { table, &args };
	struct error err = ERROR_INIT;
	char image[] = "other", word[] = "disk", *words[] = { image, word };

	make_files(*state);
	assert_int_equal(file_options_check(&set, 1, words, 1, &err), 0);
	assert_int_equal(file_options_check(&set, 1, words, 2, &err), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(what_is_read_is_not_written),
		SCRATCH_TEST(other_words_are_no_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
