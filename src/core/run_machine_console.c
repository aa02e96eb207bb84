/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/run_machine_console.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/cleanup.h"

enum { CTRL_RIGHT_BRACKET = 0x1d };

struct terminal {
	bool raw;
	struct termios before;
};

static void terminal_restore(struct terminal *t)
{
	if (t->raw)
		(void)tcsetattr(STDIN_FILENO, TCSANOW, &t->before);
	t->raw = false;
}

/* Without a terminal (a pipe, /dev/null) there is nothing to change. */
static void terminal_make_raw(struct terminal *t)
{
	struct termios raw;

	if (tcgetattr(STDIN_FILENO, &t->before) < 0)
		return;
	raw = t->before;
	cfmakeraw(&raw);
	t->raw = tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0;
}

const char *run_console_hint(void)
{
	return isatty(STDIN_FILENO) ? "this terminal is the machine's console now; "
				      "Ctrl-] ends the machine"
				    : "the machine's console follows; it ends when it "
				      "powers itself off";
}

/* Returns false when the person wants to stop; *fd is -1 after the input's end. */
static bool pass_input(struct guest *g, int *fd)
{
	char buf[1024];
	ssize_t got = read(*fd, buf, sizeof(buf));
	const char *stop;

	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return true;
	if (got <= 0) {
		*fd = -1;
		return true;
	}
	stop = isatty(*fd) ? memchr(buf, CTRL_RIGHT_BRACKET, (size_t)got) : NULL;
	console_type(instance_console(g->instance), buf,
		stop ? (size_t)(stop - buf) : (size_t)got);
	return !stop;
}

static bool can_be_read(int fd)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

	return fd >= 0 && poll(&poll_fd, 1, 0) > 0;
}

int run_console(struct guest *g, struct error *err)
{
	CLEANUP(terminal_restore) struct terminal terminal = { 0 };
	struct machine *machine;
	int input = STDIN_FILENO;
	bool shown = false;

	terminal_make_raw(&terminal);
	for (;;) {
		machine = instance_machine(g->instance);
		if (machine_has_ended(machine)) {
			if (machine_was_shut_down(machine))
				return 0;
			if (guest_restart(g, err) < 0)
				return -1;
			continue;
		}
		if (machine_wait(machine, input, 0, err) < 0)
			return -1;
		if (can_be_read(input) && !pass_input(g, &input))
			return 0;
		/* So that the ssh command that was shown works from another terminal. */
		if (!shown && guest_look_for_host_keys(g, &shown, err) < 0)
			return -1;
	}
}
