/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vm/console.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"

struct fixture {
	int guest_fd; /* the machine's end of the line */
	int log_fd;
	struct console *console;
};

static void start(struct fixture *f, int show_fd)
{
	struct console_spec spec = { .show_fd = show_fd };
	struct error err = ERROR_INIT;
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	f->guest_fd = ends[1];
	f->log_fd = memfd_create("log", MFD_CLOEXEC);
	spec.wire_fd = ends[0];
	spec.log_fd = f->log_fd;
	assert_int_equal(console_start(&spec, &f->console, &err), 0);
}

static void stop(struct fixture *f)
{
	f->console = console_free(f->console);
	fd_closep(&f->guest_fd);
	fd_closep(&f->log_fd);
}

static void say(struct fixture *f, const char *text)
{
	assert_int_equal(write(f->guest_fd, text, strlen(text)), strlen(text));
}

/* Wait until the tail ends with `end`, and return it. */
static char *await_tail(struct fixture *f, const char *end)
{
	for (;;) {
		struct pollfd fd = { .fd = console_news_fd(f->console),
			.events = POLLIN };
		struct strbuf tail = STRBUF_INIT;
		size_t length = strlen(end);

		console_tail(f->console, &tail);
		if (tail.length_bytes >= length &&
			strcmp(tail.data + tail.length_bytes - length, end) == 0)
			return strbuf_take(&tail);
		strbuf_release(&tail);
		assert_int_equal(poll(&fd, 1, 10000), 1);
		console_take_news(f->console);
	}
}

static void lines_are_logged_kept_and_understood(void **state)
{
	struct fixture f;
	struct console_facts facts;
	static const char text[] = "\033[1mLinux version 6\033[0m\r\nip-1 login: ";
	char logged[sizeof(text)] = "";

	(void)state;
	start(&f, -1);
	say(&f, text);
	free(await_tail(&f, "Linux version 6\nip-1 login: \n"));
	console_facts(f.console, &facts);
	assert_true(facts.kernel_runs);
	assert_true(facts.login_prompt);
	console_facts_release(&facts);
	assert_int_equal(pread(f.log_fd, logged, sizeof(logged), 0), strlen(text));
	assert_string_equal(logged, text);
	stop(&f);
}

static void the_tail_is_the_last_lines(void **state)
{
	struct fixture f;
	char *tail;
	size_t lines = 0;

	(void)state;
	start(&f, -1);
	for (int i = 0; i < 500; i++)
		say(&f, "a line\n");
	say(&f, "the end\n");
	tail = await_tail(&f, "the end\n");
	for (const char *c = tail; *c; c++)
		lines += *c == '\n';
	assert_int_equal(lines, CONSOLE_TAIL_LINES);
	free(tail);
	stop(&f);
}

static void typing_reaches_the_guest(void **state)
{
	struct fixture f;
	char got[8] = "";

	(void)state;
	start(&f, -1);
	console_type(f.console, "ls\r", 3);
	assert_int_equal(read(f.guest_fd, got, sizeof(got)), 3);
	assert_string_equal(got, "ls\r");
	stop(&f);
}

/* Neither a guest that never reads nor a terminal that never takes keeps us from going
 * on. */
static void nobody_can_hold_it_up(void **state)
{
	struct fixture f;
	CLEANUP(fd_closep) int read_end = -1;
	CLEANUP(fd_closep) int write_end = -1;
	char block[4096];
	int ends[2];

	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	read_end = ends[0];
	write_end = ends[1];
	start(&f, write_end);
	memset(block, 'x', sizeof(block));
	for (int i = 0; i < 200; i++)
		console_type(f.console, block, 64);
	/* Until the pipe is full: then the console's thread waits for it. */
	while (poll(&(struct pollfd){ .fd = write_end, .events = POLLOUT }, 1, 0) == 1)
		(void)send(f.guest_fd, block, sizeof(block), MSG_DONTWAIT);
	stop(&f);
}

static void what_is_shown_is_what_came(void **state)
{
	struct fixture f;
	CLEANUP(fd_closep) int read_end = -1;
	CLEANUP(fd_closep) int write_end = -1;
	char got[16] = "";
	int ends[2];

	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	read_end = ends[0];
	write_end = ends[1];
	start(&f, write_end);
	say(&f, "\033[1mx\r\n");
	assert_int_equal(read(read_end, got, sizeof(got)), 7);
	assert_string_equal(got, "\033[1mx\r\n");
	stop(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_logged_kept_and_understood),
		cmocka_unit_test(the_tail_is_the_last_lines),
		cmocka_unit_test(typing_reaches_the_guest),
		cmocka_unit_test(nobody_can_hold_it_up),
		cmocka_unit_test(what_is_shown_is_what_came),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
