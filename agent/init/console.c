/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "init/console.h"

#include <linux/errno.h>
#include <linux/fcntl.h>
#include <linux/poll.h>
#include <stdbool.h>

#include "init/file.h"
#include "rt/string.h"
#include "rt/sys.h"
#include "rt/text.h"

struct console {
	char path[FILE_PATH_MOST_BYTES];
	int fd;
};

static struct {
	struct console each[CONSOLES_MOST];
	size_t count;
} self;

/* Without O_NONBLOCK the opening of a serial line may wait for a carrier. */
static bool reopen(struct console *c)
{
	sys_closep(&c->fd);
	c->fd = sys_openat(
		AT_FDCWD, c->path, O_WRONLY | O_APPEND | O_NOCTTY | O_NONBLOCK, 0);
	return c->fd >= 0;
}

static void open_one(const char *dir, const char *name, size_t length)
{
	struct console *c = &self.each[self.count];
	struct text path = TEXT_IN(c->path);

	if (self.count == CONSOLES_MOST)
		return;
	c->fd = -1;
	text_addf(&path, "%s%.*s", dir, (int)length, name);
	if (!path.cut && reopen(c))
		self.count++;
}

void consoles_open(const char *which)
{
	char names[512];

	if (strcmp(which, CONSOLES_ACTIVE) != 0) {
		if (*which)
			open_one("", which, strlen(which));
		return;
	}
	if (file_read_path(CONSOLES_ACTIVE_PATH, names, sizeof(names)) > 0)
		for (const char *at = names; *at; at += strspn(at, " \n")) {
			size_t length = strcspn(at, " \n");

			open_one("/dev/", at, length);
			at += length;
		}
	if (!self.count)
		open_one("/dev/", "console", strlen("console"));
}

void consoles_close(void)
{
	for (size_t i = 0; i < self.count; i++)
		sys_closep(&self.each[i].fd);
	self.count = 0;
}

static void write_to(struct console *c, const char *data, size_t length)
{
	bool may_reopen = true;

	while (length && c->fd >= 0) {
		long got = sys_write(c->fd, data, length);
		struct pollfd wait = { .fd = c->fd, .events = POLLOUT };

		if (got > 0) {
			data += got;
			length -= (size_t)got;
		} else if (got == -EAGAIN) {
			if (sys_poll(&wait, 1, CONSOLE_STALL_MS) <= 0)
				sys_closep(&c->fd);
		} else if (!may_reopen || !reopen(c)) {
			sys_closep(&c->fd);
		} else {
			may_reopen = false;
		}
	}
}

void consoles_write(const char *data, size_t length)
{
	for (size_t i = 0; i < self.count; i++)
		write_to(&self.each[i], data, length);
}
