/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/answer.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/term.h"

int answer_read(int fd, char *buf, size_t room, struct error *err)
{
	struct pollfd waits[] = {
		{ .fd = fd, .events = POLLIN },
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
	n = read(fd, buf, room - 1);
	if (n < 0)
		return error_errno(err, "read the answer");
	buf[n] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	return 0;
}
