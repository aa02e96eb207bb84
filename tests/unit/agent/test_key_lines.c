/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "init/key_lines.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#define BLOB(c) "AAAAC3NzaC1lZDI1NTE5AAAAI" c "9pjvrXm8j6jYyM3pXpWvXQ0Y0Q5jv3kS0V2f1Kx4dE"
#define A "ssh-ed25519 " BLOB("A")
#define B "ssh-ed25519 " BLOB("B")
#define C "ssh-ed25519 " BLOB("C")
#define BEGIN KEY_LINES_BEGIN "\n"
#define END KEY_LINES_END "\n"

static const struct {
	const char *name;
	const char *old;
	const char *launch;
	const char *after;
	struct key_lines_count count;
} cases[] = {
	{ "a first key", "", A " me\n", BEGIN A " me\n" END, { .written = 1 } },
	{ "several, and no newline", "", A "\n\n# x\n  " B "\t\r\n" C,
		BEGIN A "\n" B "\n" C "\n" END, { .written = 3 } },
	{ "none", "", "", "", { 0 } },
	{ "none any more", "x\n" BEGIN A "\n" END "y\n", "", "x\ny\n", { 0 } },
	{ "others stay, in order", "# by hand\n" A "\n" BEGIN B "\n" END C " last",
		"ssh-ed25519 " BLOB("D") "\n",
		"# by hand\n" A "\n" C " last\n" BEGIN "ssh-ed25519 " BLOB("D") "\n" END,
		{ .written = 1 } },
	{ "a key that somebody has", A " mine\n", A " launch\n" B "\n",
		A " mine\n" BEGIN B "\n" END, { .written = 1, .present = 1 } },
	{ "behind options", "from=\"10.0.0.1\",no-pty " A "\n", A "\n",
		"from=\"10.0.0.1\",no-pty " A "\n", { .present = 1 } },
	{ "in a comment does not count", "#" A "\n # " A "\n", A "\n",
		"#" A "\n # " A "\n" BEGIN A "\n" END, { .written = 1 } },
	{ "as a part of another does not count", "x" A "\n" A "x\n", A "\n",
		"x" A "\n" A "x\n" BEGIN A "\n" END, { .written = 1 } },
	{ "twice among the launch keys", "", A " one\n" A " two\n", BEGIN A " one\n" END,
		{ .written = 1, .present = 1 } },
	{ "a begin without an end", A "\n" BEGIN B "\n", C "\n",
		A "\n" B "\n" BEGIN C "\n" END, { .written = 1 } },
	{ "an end without a begin", A "\n" END B "\n", C "\n",
		A "\n" B "\n" BEGIN C "\n" END, { .written = 1 } },
	{ "two blocks", BEGIN A "\n" END "x\n" BEGIN B "\n" END, C "\n",
		"x\n" BEGIN C "\n" END, { .written = 1 } },
	{ "what is no key", "", "command=\"x\" " A "\nssh-ed25519\n" A "\x1b[0m\n", "",
		{ .refused = 3 } },
};

static void each_case(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char once[2048], twice[2048];
		struct text t = TEXT_IN(once);
		struct key_lines_count count =
			key_lines_merge(cases[i].old, cases[i].launch, &t);

		if (strcmp(once, cases[i].after) != 0)
			fail_msg("%s: '%s'", cases[i].name, once);
		assert_memory_equal(&count, &cases[i].count, sizeof(count));
		/* The next boot writes the same. */
		t = TEXT_IN(twice);
		(void)key_lines_merge(once, cases[i].launch, &t);
		assert_string_equal(twice, once);
	}
}

static void keys_are_known(void **state)
{
	static const char *const good[] = { A, A " a comment with blanks",
		A " h\xc3\xb6st", "sk-ssh-ed25519@openssh.com " BLOB("A"),
		"ecdsa-sha2-nistp256 " BLOB("A"), "ssh-rsa " BLOB("A") "AA==" };
	static const char *const bad[] = { "", "ssh-ed25519", "ssh-ed25519 ",
		"ssh-ed25519 AAAA", "ssh- " BLOB("A"), "rsa " BLOB("A"),
		"ssh-ed25519\t" BLOB("A"), "ssh-ed25519  " BLOB("A"), " " A, A "=",
		A "===", A "=a==", A "!", "ssh-ed25519 B" BLOB("A"), A " \x7f", A "\t",
		"@cert-authority * " A, "no-pty " A };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (!key_line_is_valid(good[i], strlen(good[i])))
			fail_msg("'%s' was refused", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (key_line_is_valid(bad[i], strlen(bad[i])))
			fail_msg("'%s' was taken", bad[i]);
}

static void a_buffer_that_is_too_small_says_so(void **state)
{
	char small[64];
	struct text t = TEXT_IN(small);

	(void)state;
	(void)key_lines_merge("", A, &t);
	assert_true(t.cut);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_case),
		cmocka_unit_test(keys_are_known),
		cmocka_unit_test(a_buffer_that_is_too_small_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
