/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/confirm.h"

#include <signal.h>
#include <stdio.h>

#include "base/term.h"
#include "unit.h"

/* Ask with `answer` waiting on standard input (NULL: none); the question lands in `buf`.
 */
static int ask(const char *answer, char *buf, size_t room, struct error *err)
{
	FILE *to = fmemopen(buf, room, "w");
	int ends[2], saved = dup(STDIN_FILENO), r;

	assert_true(
		to && saved >= 0 && pipe(ends) == 0 && dup2(ends[0], STDIN_FILENO) == 0);
	if (answer)
		assert_int_equal(write(ends[1], answer, strlen(answer)), strlen(answer));
	if (!term_requested())
		(void)close(ends[1]);
	r = confirm_overwrite("/dev/sdb, 8 GiB", to, err);
	if (term_requested())
		(void)close(ends[1]);
	(void)close(ends[0]);
	assert_int_equal(dup2(saved, STDIN_FILENO), STDIN_FILENO);
	(void)close(saved);
	(void)fclose(to);
	return r;
}

static void only_yes_is_yes(void **state)
{
	static const char *const no[] = { "", "\n", "y\n", "no\n", "YES\n", "yes!\n",
		" yes\n", "yes yes yes yes yes yes\n", NULL };
	struct error err = ERROR_INIT;
	char question[256] = "";

	(void)state;
	assert_int_equal(ask("yes\n", question, sizeof(question), &err), 0);
	assert_non_null(strstr(question, "All data on /dev/sdb, 8 GiB will be lost."));
	for (size_t i = 0; i < ARRAY_SIZE(no); i++) {
		assert_int_equal(ask(no[i], question, sizeof(question), &err), -1);
		unit_assert_error(&err, ERR_TARGET, "/dev/sdb, 8 GiB was left as it is");
	}
}

/* Last: the flag stays set. */
static void an_interrupt_is_no_answer(void **state)
{
	struct error err = ERROR_INIT;
	char question[256];

	(void)state;
	term_install();
	assert_int_equal(raise(SIGINT), 0);
	assert_int_equal(ask(NULL, question, sizeof(question), &err), -1);
	assert_int_equal(err.code, ERR_INTERRUPTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_yes_is_yes),
		cmocka_unit_test(an_interrupt_is_no_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
