/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/term.h"

#include <signal.h>
#include <sys/wait.h>

#include "unit.h"

static int readable(int fd)
{
	return poll(&(struct pollfd){ .fd = fd, .events = POLLIN }, 1, 0);
}

static int install(void **state)
{
	(void)state;
	term_reset_in_child();
	return 0;
}

static void each_signal_sets_the_flag(void **state)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };

	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		struct error err = ERROR_INIT;

		assert_int_equal(install(state), 0);
		assert_int_equal(term_check(&err), 0);
		assert_int_equal(readable(term_fd()), 0);
		(void)raise(signals[i]);
		(void)raise(signals[i]); /* a second one does not kill */
		assert_true(term_requested());
		assert_int_equal(readable(term_fd()), 1);
		assert_int_equal(term_check(&err), -1);
		unit_assert_error(&err, ERR_INTERRUPTED, "interrupted");
		assert_int_equal(error_exit_code(&err), 128 + signals[i]);
	}
}

static void while_held_it_reads_as_not_set(void **state)
{
	struct error err = ERROR_INIT;

	(void)state;
	(void)raise(SIGTERM);
	term_hold();
	term_hold();
	assert_false(term_requested());
	assert_int_equal(term_check(&err), 0);
	assert_int_equal(readable(term_fd()), 0);
	term_resume();
	assert_false(term_requested());
	term_resume();
	assert_true(term_requested());
	assert_int_equal(readable(term_fd()), 1);
}

static void many_signals_do_not_block(void **state)
{
	(void)state;
	for (int i = 0; i < 70000; i++) /* more than a pipe holds */
		(void)raise(SIGTERM);
	assert_true(term_requested());
}

static void a_signal_ends_a_wait(void **state)
{
	struct pollfd wait = { .fd = term_fd(), .events = POLLIN };
	pid_t parent = getpid(), child = fork();

	(void)state;
	if (child == 0) {
		(void)kill(parent, SIGTERM);
		_exit(0);
	}
	while (poll(&wait, 1, UNIT_PATIENCE_MS) < 0)
		;
	assert_true(wait.revents & POLLIN);
	assert_int_equal(waitpid(child, NULL, 0), child);
}

static void ignored_hangups_stay_ignored_and_children_are_seen(void **state)
{
	struct sigaction action;

	(void)signal(SIGHUP, SIG_IGN);
	(void)signal(SIGCHLD, SIG_IGN);
	assert_int_equal(install(state), 0);
	(void)raise(SIGHUP);
	assert_false(term_requested());
	assert_int_equal(sigaction(SIGCHLD, NULL, &action), 0);
	assert_true(action.sa_handler == SIG_DFL);
	(void)signal(SIGHUP, SIG_DFL);
}

static void a_child_starts_anew(void **state)
{
	pid_t child;
	int status;

	(void)state;
	(void)raise(SIGTERM);
	child = fork();
	if (child == 0) {
		term_reset_in_child();
		_exit(term_requested() || readable(term_fd()));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(readable(term_fd()), 1); /* the parent's pipe is untouched */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(each_signal_sets_the_flag, install),
		cmocka_unit_test_setup(while_held_it_reads_as_not_set, install),
		cmocka_unit_test_setup(many_signals_do_not_block, install),
		cmocka_unit_test_setup(a_signal_ends_a_wait, install),
		cmocka_unit_test_setup(
			ignored_hangups_stay_ignored_and_children_are_seen, install),
		cmocka_unit_test_setup(a_child_starts_anew, install),
	};

	(void)signal(SIGHUP, SIG_DFL); /* under nohup it is ignored */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
