/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/shell_split.h"

#include "oracle.h"

static const char *const lines[] = {
	"",
	"   ",
	"one",
	"one two\tthree",
	"'one two' \"three four\"",
	"a'b'c\"d\"e",
	"'' \"\" x",
	"a\\ b \\'c \\\\",
	"\"a\\\"b\\\\c\\d\"",
	"'a\\'",
	"'open",
	"\"open",
	"end\\",
	"\"end\\",
	"$HOME `x` a|b >c #d",
	"profile 'x y'",
	"/opt/bin/tool --profile=\"a b\" --json",
	"caf\xc3\xa9 \"\xe6\xbc\xa2\"",
};

enum { RANDOM_LINES = 1500 };

static void python_splits_the_same(void **state)
{
	static const char letters[] = "ab \t'\"\\c$";
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	CLEANUP(strbuf_releasep) struct strbuf got = STRBUF_INIT;
	CLEANUP(strv_releasep) struct strv arguments = STRV_INIT;
	CLEANUP(freep) char *expected = NULL;
	uint64_t seed = 20261121;

	for (size_t i = 0; i < ARRAY_SIZE(lines) + RANDOM_LINES; i++) {
		CLEANUP(strbuf_releasep) struct strbuf line = STRBUF_INIT;
		CLEANUP(strv_releasep) struct strv words = STRV_INIT;

		if (i < ARRAY_SIZE(lines))
			strbuf_add_str(&line, lines[i]);
		for (size_t k = i < ARRAY_SIZE(lines) ? 0 : oracle_random(&seed, 14); k;
			k--)
			strbuf_add_char(&line,
				letters[oracle_random(&seed, sizeof(letters) - 1)]);
		strbuf_add(&text, line.data, line.length_bytes);
		strbuf_add_char(&text, '\n');
		if (shell_split(line.data, &words)) {
			strbuf_add_str(&got, "words");
			for (size_t k = 0; k < words.count; k++)
				oracle_add_field(&got, words.items[k]);
		} else {
			strbuf_add_str(&got, "error");
		}
		strbuf_add_char(&got, '\n');
	}
	unit_write_file(*state, "lines", text.data);
	STRV_ADD(&arguments, CONFIG_ORACLE, "words");
	strv_take(&arguments, path_join(*state, "lines"));
	expected = oracle_ask(&arguments);
	assert_string_equal(got.data, expected);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(python_splits_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
