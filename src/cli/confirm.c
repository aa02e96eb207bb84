/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/confirm.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/term.h"

bool confirm_possible(void)
{
	return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

/* One line of standard input, or ERR_INTERRUPTED; an answer that does not fit is cut. */
static int read_answer(char *buf, size_t room, struct error *err)
{
	struct pollfd waits[] = {
		{ .fd = STDIN_FILENO, .events = POLLIN },
		{ .fd = term_fd(), .events = POLLIN },
	};
	ssize_t n;

	for (;;) {
		if (term_check(err) < 0)
			return -1;
		if (poll(waits, 2, -1) < 0 && errno != EINTR)
			return error_errno(err, "wait for an answer");
		if (waits[0].revents)
			break;
	}
	n = read(STDIN_FILENO, buf, room - 1);
	if (n < 0)
		return error_errno(err, "read the answer");
	buf[n] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	return 0;
}

/* Nothing but "yes" is one. */
static int take_yes(const char *what, FILE *to, struct error *err)
{
	char answer[16];

	(void)fflush(to);
	if (read_answer(answer, sizeof(answer), err) < 0)
		return -1;
	if (!strcmp(answer, "yes"))
		return 0;
	return error_set(err, ERR_TARGET, 0,
		"%s was left as it is: the answer was not 'yes'", what);
}

int confirm_overwrite(const char *what, void *userdata, struct error *err)
{
	(void)fprintf(userdata,
		"All data on %s will be lost. Type 'yes' to overwrite it: ", what);
	return take_yes(what, userdata, err);
}

int confirm_removal(FILE *to, struct error *err)
{
	(void)fprintf(to, "All of this will be removed. Type 'yes' to go on: ");
	return take_yes("everything", to, err);
}
