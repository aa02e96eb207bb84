/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "init/follow.h"

#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/inotify.h>
#include <linux/poll.h>
#include <stdbool.h>
#include <stddef.h>

#include "init/console.h"
#include "rt/sys.h"

/* A terminal obeys control characters: only line ends and tabs are passed on. */
static void copy_new(int fd, uint64_t *offset)
{
	char bytes[4096];
	/* To the end that is there now: who goes on writing is not run after. */
	int64_t end = sys_lseek(fd, 0, SEEK_END);
	long got;

	while ((int64_t)*offset < end &&
		(got = sys_pread(fd, bytes, sizeof(bytes), *offset)) > 0) {
		for (long i = 0; i < got; i++)
			if (((unsigned char)bytes[i] < ' ' || bytes[i] == 127) &&
				bytes[i] != '\n' && bytes[i] != '\t')
				bytes[i] = '?';
		consoles_write(bytes, (size_t)got);
		*offset += (uint64_t)got;
	}
}

static void drain(int watch)
{
	char events[4096];

	while (sys_read(watch, events, sizeof(events)) > 0)
		;
}

void follow_file(int fd, const char *path, uint64_t offset, int pid)
{
	SYS_CLOSE_LATER int process = sys_pidfd_open(pid);
	SYS_CLOSE_LATER int watch = sys_inotify_init(O_NONBLOCK);
	bool ended = process < 0;

	if (watch >= 0 && sys_inotify_add_watch(watch, path, IN_MODIFY) < 0)
		sys_closep(&watch);
	while (!ended) {
		struct pollfd fds[] = {
			{ .fd = process, .events = POLLIN },
			{ .fd = watch, .events = POLLIN },
		};

		copy_new(fd, &offset);
		if (sys_poll(fds, 2, -1) < 0)
			break;
		ended = fds[0].revents != 0;
		if (watch >= 0)
			drain(watch);
	}
	copy_new(fd, &offset);
}
