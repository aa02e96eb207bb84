/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a sandbox ends when a signal comes, or when its program is killed. */
#include "base/sandbox.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "base/clock.h"
#include "base/proc.h"
#include "base/term.h"
#include "unit.h"

/* A function for the inside that needs no more than `userdata`. */
#define INSIDE(name)                                               \
	static int name(void *userdata, struct progress *progress, \
		struct strbuf *result, struct error *err)

#define UNUSED (void)userdata, (void)progress, (void)result, (void)err

/*
 * A stubborn inside: it, a child in its group and a daemon outside of it, all deaf to
 * what can be ignored, hold `userdata`'s pipe open until they are killed. It says when it
 * is ready.
 */
INSIDE(stay_for_ever)
{
	static const int deaf[] = { SIGTERM, SIGINT, SIGHUP, SIGPIPE };
	const int *alive = userdata;
	struct timespec hour = { .tv_sec = 3600 };

	UNUSED;
	(void)close(alive[0]);
	for (size_t i = 0; i < ARRAY_SIZE(deaf); i++)
		(void)signal(deaf[i], SIG_IGN);
	if (fork() == 0)
		(void)setsid();
	else if (fork() != 0)
		progress_step(progress, "ready");
	while (nanosleep(&hour, NULL) <= 0)
		;
	return 0;
}

struct raiser {
	struct progress progress;
	int signal;
};

static void raise_at_ready(struct progress *p, const struct progress_event *e)
{
	(void)e;
	(void)raise(((struct raiser *)p)->signal);
}

static void a_signal_ends_an_inside_that_ignores_it(void **state)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		struct raiser raiser = { .progress = { .report = raise_at_ready },
			.signal = signals[i] };
		uint64_t begin = clock_now_ms();
		struct error err = ERROR_INIT;
		int alive[2];

		term_reset_in_child();
		assert_int_equal(fd_pipe(alive, &err), 0);
		assert_int_equal(
			sandbox_run(stay_for_ever, alive, &raiser.progress, NULL, &err),
			-1);
		(void)close(alive[1]);
		assert_int_equal(err.code, ERR_INTERRUPTED);
		assert_int_equal(err.detail, signals[i]);
		assert_true(unit_pipe_ends(alive[0]));
		assert_true(clock_now_ms() - begin < 2000);
		(void)close(alive[0]);
	}
	term_reset_in_child();
}

INSIDE(run_long_and_clean_up)
{
	struct proc_spec spec = { .argv = (const char *const[]){ "sleep", "600", NULL } };
	CLEANUP(freep) char *path = path_join(userdata, "cleaned-up");

	UNUSED;
	progress_step(progress, "ready");
	if (proc_run(&spec, NULL, err) < 0 && err->code == ERR_INTERRUPTED)
		(void)file_write_all(path, "", 0, 0644, &(struct error)ERROR_INIT);
	return -1;
}

static void a_signal_lets_the_inside_clean_up(void **state)
{
	struct raiser raiser = { .progress = { .report = raise_at_ready },
		.signal = SIGTERM };
	struct error err = ERROR_INIT;

	term_reset_in_child();
	assert_int_equal(
		sandbox_run(run_long_and_clean_up, *state, &raiser.progress, NULL, &err),
		-1);
	assert_int_equal(err.code, ERR_INTERRUPTED);
	assert_int_equal(unit_count_entries(*state), 1);
	term_reset_in_child();
}

static void tell_ready(struct progress *p, const struct progress_event *e)
{
	(void)p;
	(void)e;
	(void)!write(STDOUT_FILENO, "r", 1);
}

/* Fork a program that runs the stubborn sandbox; what it says when ready goes to `ready`.
 */
static pid_t start_program(int alive[2], int ready[2])
{
	struct progress progress = { .report = tell_ready };
	struct error err = ERROR_INIT;
	pid_t program;

	assert_int_equal(fd_pipe(alive, &err), 0);
	assert_int_equal(fd_pipe(ready, &err), 0);
	program = fork();
	if (program == 0) {
		(void)dup2(ready[1], STDOUT_FILENO);
		(void)close(ready[0]);
		(void)close(ready[1]);
		(void)sandbox_run(stay_for_ever, alive, &progress, NULL, &err);
		_exit(1);
	}
	(void)close(alive[1]);
	(void)close(ready[1]);
	return program;
}

static void kill_program(pid_t program, int alive, int ready)
{
	int status;

	assert_int_equal(kill(program, SIGKILL), 0);
	assert_int_equal(waitpid(program, &status, 0), program);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	if (!unit_pipe_ends(alive))
		fail_msg("something inside outlived its program");
	(void)close(alive);
	(void)close(ready);
}

static void kill_9_of_the_outside_ends_all_inside(void **state)
{
	int alive[2], ready[2];
	pid_t program = start_program(alive, ready);
	char c = 0;

	(void)state;
	assert_int_equal(read(ready[0], &c, 1), 1);
	assert_int_equal(c, 'r');
	kill_program(program, alive[0], ready[0]);
}

/* The moments of the set-up: between fork, the id maps, the go and the death signal. */
static void kill_9_at_any_moment_ends_all_inside(void **state)
{
	enum { MOMENTS = 80, STEP_NS = 500000 };

	(void)state;
	for (long i = 0; i < MOMENTS; i++) {
		const struct timespec moment = { .tv_nsec = i * STEP_NS };
		int alive[2], ready[2];
		pid_t program = start_program(alive, ready);

		(void)nanosleep(&moment, NULL);
		kill_program(program, alive[0], ready[0]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_signal_ends_an_inside_that_ignores_it),
		SCRATCH_TEST(a_signal_lets_the_inside_clean_up),
		cmocka_unit_test(kill_9_of_the_outside_ends_all_inside),
		cmocka_unit_test(kill_9_at_any_moment_ends_all_inside),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGHUP, SIG_DFL); /* under nohup it is ignored */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
