/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/term.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <unistd.h>

#include "base/cleanup.h"

static volatile sig_atomic_t requested;
static atomic_uint holds; /* of any thread */
static int wake_pipe[2] = { -1, -1 };

static void on_signal(int signal)
{
	int saved = errno;

	requested = signal;
	if (wake_pipe[1] >= 0 && write(wake_pipe[1], "", 1) < 0) {
		/* Full: it is readable already, which is all that is wanted. */
	}
	errno = saved;
}

void term_install(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction action = { .sa_handler = on_signal };

	if (wake_pipe[0] < 0 && pipe2(wake_pipe, O_CLOEXEC | O_NONBLOCK) < 0)
		wake_pipe[0] = wake_pipe[1] = -1;
	(void)sigemptyset(&action.sa_mask);
	/* A parent that ignored it would keep us from seeing how our children end. */
	(void)signal(SIGCHLD, SIG_DFL);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		struct sigaction old;

		/* nohup's SIGHUP stays ignored. */
		if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler == SIG_IGN &&
			signals[i] == SIGHUP)
			continue;
		(void)sigaction(signals[i], &action, NULL);
	}
}

bool term_requested(void)
{
	return requested != 0 && holds == 0;
}

int term_fd(void)
{
	return holds ? -1 : wake_pipe[0];
}

void term_hold(void)
{
	holds++;
}

void term_resume(void)
{
	holds--;
}

int term_check(struct error *err)
{
	if (!term_requested())
		return 0;
	return error_set(err, ERR_INTERRUPTED, requested, "interrupted");
}

void term_reset_in_child(void)
{
	fd_closep(&wake_pipe[0]);
	fd_closep(&wake_pipe[1]);
	requested = 0;
	holds = 0;
	term_install();
}
