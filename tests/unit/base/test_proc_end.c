/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How commands end: by themselves, at a deadline, with the program. */
#include "base/proc.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/term.h"
#include "unit.h"

#define ARGV(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define SH(script) ARGV("sh", "-c", script)

/* The deadline is near as soon as the child has come so far. */
static void set_deadline(const char *line, void *userdata)
{
	struct proc_spec *spec = userdata;

	(void)line;
	spec->deadline_ms = clock_now_ms() + 50;
}

static void a_deadline_ends_the_whole_group(void **state)
{
	static const char *const scripts[] = { "sleep 600 & echo started; wait",
		"trap '' TERM; echo started; sleep 600",
		"echo started; exec >&- 2>&-; sleep 600" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(scripts); i++) {
		CLEANUP(fd_closep) int alive = -1;
		int ends[2];
		struct proc_spec spec = { .argv = SH(scripts[i]),
			.on_line = set_deadline,
			.userdata = &spec,
			.pass_fd_count = 1 };
		struct error err = ERROR_INIT;

		assert_int_equal(fd_pipe(ends, &err), 0);
		alive = ends[0];
		spec.pass_fds = &ends[1];
		assert_int_equal(proc_run(&spec, NULL, &err), -1);
		(void)close(ends[1]);
		unit_assert_error(&err, ERR_TIMEOUT, "sh -c ");
		assert_string_equal(err.output, "started\n");
		assert_true(unit_pipe_ends(alive));
	}
}

static void listen_slowly(const char *line, void *userdata)
{
	(void)line;
	(void)userdata;
	(void)poll(NULL, 0, 1);
}

static void what_is_left_in_the_background_ends_with_the_command(void **state)
{
	CLEANUP(fd_closep) int alive = -1;
	CLEANUP(proc_result_releasep) struct proc_result result = { 0 };
	int ends[2];
	struct proc_spec spec = {
		.argv = SH("exec 3>&1; sleep 600 & { sh -c 'echo started; "
			   "exec yes $(printf %04000d 0) >&3' & } | head -n 1"),
		.on_line = listen_slowly,
		.pass_fd_count = 1,
		.deadline_ms = clock_now_ms() + UNIT_PATIENCE_MS
	};
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(fd_pipe(ends, &err), 0);
	alive = ends[0];
	spec.pass_fds = &ends[1];
	if (proc_run(&spec, &result, &err) < 0)
		fail_msg("%s", err.msg);
	(void)close(ends[1]);
	assert_non_null(strstr(result.out, "started\n"));
	assert_true(unit_pipe_ends(alive));
}

/*
 * A daemon left the group, and keeps the pipe open, or full, for ever: the command is
 * over all the same. The one that writes ends by SIGPIPE when nobody reads any more.
 */
static void a_daemon_that_keeps_the_pipe_holds_nobody_up(void **state)
{
	/* head waits until it has left the group, with the command's output as its own.
	 */
	static const char *const scripts[] = {
		"exec 3>&1; { setsid sh -c 'echo started; exec sleep 3 >&3' & } | head "
		"-n 1",
		"exec 3>&1; { setsid sh -c 'echo started; exec yes $(printf %04000d 0) "
		">&3' & }"
		" | head -n 1",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(scripts); i++) {
		CLEANUP(proc_result_releasep) struct proc_result result = { 0 };
		struct proc_spec spec = { .argv = SH(scripts[i]),
			.on_line = listen_slowly,
			.deadline_ms = clock_now_ms() + UNIT_PATIENCE_MS };
		uint64_t begin = clock_now_ms();
		struct error err = ERROR_INIT;

		if (proc_run(&spec, &result, &err) < 0)
			fail_msg("%s", err.msg);
		assert_non_null(strstr(result.out, "started\n"));
		assert_true(clock_now_ms() - begin < 2500);
	}
}

static void raise_term(const char *line, void *userdata)
{
	(void)userdata;
	if (!strcmp(line, "ready"))
		(void)raise(SIGTERM);
}

static void sigterm_ends_what_runs(void **state)
{
	CLEANUP(fd_closep) int alive = -1;
	int ends[2];
	struct proc_spec spec = { .argv = SH(
					  "trap '' TERM; sleep 600 & echo ready; wait"),
		.on_line = raise_term,
		.pass_fd_count = 1 };
	struct error err = ERROR_INIT;
	uint64_t begin = clock_now_ms();

	(void)state;
	term_reset_in_child();
	assert_int_equal(fd_pipe(ends, &err), 0);
	alive = ends[0];
	spec.pass_fds = &ends[1];
	assert_int_equal(proc_run(&spec, NULL, &err), -1);
	(void)close(ends[1]);
	unit_assert_error(&err, ERR_INTERRUPTED, "interrupted");
	assert_int_equal(err.detail, SIGTERM);
	assert_true(unit_pipe_ends(alive));
	assert_true(clock_now_ms() - begin < 2000);
	/* Cleaning up may still run commands. */
	term_hold();
	assert_int_equal(
		proc_run(&(struct proc_spec){ .argv = ARGV("true") }, NULL, &err), 0);
	term_resume();
	assert_int_equal(
		proc_run(&(struct proc_spec){ .argv = ARGV("true") }, NULL, &err), -1);
	term_reset_in_child();
}

static void children_die_with_the_program(void **state)
{
	CLEANUP(fd_closep) int alive = -1;
	struct error err = ERROR_INIT;
	int ends[2], status;
	pid_t program;

	(void)state;
	assert_int_equal(fd_pipe(ends, &err), 0);
	alive = ends[0];
	program = fork();
	if (program == 0) {
		struct proc_spec spec = { .argv = ARGV("sleep", "600"),
			.pass_fds = &ends[1],
			.pass_fd_count = 1 };
		struct proc *p = NULL;

		if (proc_spawn(&spec, -1, -1, &p, &err) < 0)
			_exit(1);
		(void)raise(SIGKILL);
	}
	(void)close(ends[1]);
	assert_int_equal(waitpid(program, &status, 0), program);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	assert_true(unit_pipe_ends(alive));
}

static void a_spawned_child_is_watched_and_ended(void **state)
{
	struct proc_spec spec = { .argv = SH("read line; exit 7") };
	struct proc_spec sleeper = { .argv = ARGV("sleep", "600") };
	struct error err = ERROR_INIT;
	struct pollfd wait = { .events = POLLIN };
	struct proc *p = NULL;
	int code = 77;

	(void)state;
	assert_int_equal(proc_spawn(&spec, -1, -1, &p, &err), 0);
	wait.fd = proc_fd(p);
	assert_int_equal(poll(&wait, 1, UNIT_PATIENCE_MS), 1);
	assert_true(proc_has_ended(p, &code));
	assert_int_equal(code, 7);
	assert_int_equal(proc_wait(p, 0, &code, &err), 0);
	p = proc_free(p);
	assert_int_equal(proc_spawn(&sleeper, -1, -1, &p, &err), 0);
	code = 77;
	assert_false(proc_has_ended(p, &code));
	assert_int_equal(proc_wait(p, clock_now_ms() + 50, &code, &err), -1);
	assert_int_equal(err.code, ERR_TIMEOUT);
	assert_int_equal(code, 77);
	proc_signal(p, SIGTERM);
	assert_int_equal(proc_wait(p, clock_now_ms() + UNIT_PATIENCE_MS, &code, &err), 0);
	assert_int_equal(code, 128 + SIGTERM);
	p = proc_free(p);
	assert_int_equal(proc_spawn(&sleeper, -1, -1, &p, &err), 0);
	p = proc_free(p);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void a_child_reaped_by_another_has_not_succeeded(void **state)
{
	struct proc *p = NULL;
	struct error err = ERROR_INIT;
	int code = 0;

	(void)state;
	assert_int_equal(
		proc_spawn(&(struct proc_spec){ .argv = ARGV("true") }, -1, -1, &p, &err),
		0);
	assert_int_equal(waitpid(proc_pid(p), NULL, 0), proc_pid(p));
	assert_int_equal(proc_wait(p, clock_now_ms() + UNIT_PATIENCE_MS, &code, &err), 0);
	assert_int_not_equal(code, 0);
	p = proc_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_deadline_ends_the_whole_group),
		cmocka_unit_test(what_is_left_in_the_background_ends_with_the_command),
		cmocka_unit_test(a_daemon_that_keeps_the_pipe_holds_nobody_up),
		cmocka_unit_test(sigterm_ends_what_runs),
		cmocka_unit_test(children_die_with_the_program),
		cmocka_unit_test(a_spawned_child_is_watched_and_ended),
		cmocka_unit_test(a_child_reaped_by_another_has_not_succeeded),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
