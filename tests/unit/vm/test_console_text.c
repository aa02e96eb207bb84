/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vm/console_text.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

/* Lines joined by '|'; a line that has not ended follows a '~'. */
static void join(const char *line, void *userdata)
{
	strbuf_addf(userdata, "%s|", line);
}

static char *parse(const char *bytes, size_t length, size_t piece)
{
	struct console_text text = CONSOLE_TEXT_INIT;
	struct strbuf lines = STRBUF_INIT;

	for (size_t i = 0; i < length; i += piece)
		console_text_add(&text, bytes + i,
			length - i < piece ? length - i : piece, join, &lines);
	strbuf_addf(&lines, "~%s", text.line.data);
	console_text_release(&text);
	return strbuf_take(&lines);
}

static void bytes_become_plain_lines(void **state)
{
	static const struct {
		const char *bytes, *lines;
	} cases[] = {
		{ "", "~" },
		{ "one\ntwo\r\nthree", "one|two|~three" },
		{ "a\r\r\nb\n", "a|b|~" },
		{ "\033[0;32m  OK  \033[0m done\n", "  OK   done|~" },
		{ "50%\r51%\r\033[K52%\n", "52%|~" },
		{ "login: ", "~login: " },
		{ "\033]0;a title\007text\n", "text|~" },
		{ "\033]0;a title\033\\text\n", "text|~" },
		{ "\033Pq#0;2;0;0;0\033\\x\n", "x|~" },
		{ "\033(Bx\n", "x|~" },
		{ "\033cx\n", "x|~" },
		{ "menu\033[2;1Hentry\033[3;1H\033[4;1Hlast\n", "menu|entry|last|~" },
		{ "ab\bc\n", "ac|~" },
		{ "\b\bx\n", "x|~" },
		{ "tab\there\a\016\n", "tab here|~" },
		{ "caf\303\251 \342\200\246\177\n", "caf? ?|~" },
		{ "\302\2331mx\n", "?1mx|~" },
		{ "\033[", "~" },
		{ "\033[31\nnext\n", "|next|~" },
		{ "\033]never ended\nnext\n", "|next|~" },
		{ "\033\033[1mx\n", "x|~" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		for (size_t piece = 1; piece < 5; piece++) {
			CLEANUP(freep)
			char *lines =
				parse(cases[i].bytes, strlen(cases[i].bytes), piece);

			assert_string_equal(lines, cases[i].lines);
		}
}

static void nul_bytes_vanish(void **state)
{
	CLEANUP(freep) char *lines = parse("a\0b\n", 4, 4);

	(void)state;
	assert_string_equal(lines, "ab|~");
}

static void a_line_without_end_is_cut(void **state)
{
	enum { LENGTH = 1 << 20 };
	CLEANUP(freep) char *bytes = malloc(LENGTH + 3);
	CLEANUP(freep) char *lines = NULL;

	(void)state;
	memset(bytes, 'x', LENGTH);
	memcpy(bytes + LENGTH, "\na\n", 3);
	lines = parse(bytes, LENGTH + 3, 4096);
	assert_int_equal(strlen(lines), CONSOLE_LINE_MOST_BYTES + strlen("|a|~"));
	assert_string_equal(lines + CONSOLE_LINE_MOST_BYTES, "|a|~");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_become_plain_lines),
		cmocka_unit_test(nul_bytes_vanish),
		cmocka_unit_test(a_line_without_end_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
