/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "init/console.h"

enum { LONG_TEXT_BYTES = 100000 }; /* more than a terminal takes at once */

struct terminal {
	char path[PATH_MAX]; /* of the side that is written to */
	int reader;
	int holder; /* keeps what nobody has read while nobody writes */
};

static void make_terminal(struct terminal *t)
{
	struct termios raw;
	const char *path;

	t->reader = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_true(t->reader >= 0);
	assert_int_equal(grantpt(t->reader), 0);
	assert_int_equal(unlockpt(t->reader), 0);
	path = ptsname(t->reader);
	assert_non_null(path);
	(void)snprintf(t->path, sizeof(t->path), "%s", path);
	t->holder = open(t->path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_true(t->holder >= 0);
	assert_int_equal(tcgetattr(t->holder, &raw), 0);
	cfmakeraw(&raw);
	assert_int_equal(tcsetattr(t->holder, TCSANOW, &raw), 0);
}

static void close_terminal(struct terminal *t)
{
	(void)close(t->reader);
	(void)close(t->holder);
}

static void a_slow_terminal_gets_everything(void **state)
{
	static char text[LONG_TEXT_BYTES], seen[LONG_TEXT_BYTES];
	struct terminal t;
	size_t length = 0;
	pid_t writer;
	int status;

	(void)state;
	make_terminal(&t);
	fill_pattern((uint8_t *)text, sizeof(text), 1);
	writer = fork();
	assert_true(writer >= 0);
	if (!writer) {
		consoles_open(t.path);
		consoles_write(text, sizeof(text));
		_exit(0);
	}
	(void)alarm(30); /* for a writer that gave up */
	while (length < sizeof(text)) {
		ssize_t got;

		(void)usleep(1000);
		got = read(t.reader, seen + length, sizeof(seen) - length);
		assert_true(got > 0);
		length += (size_t)got;
	}
	(void)alarm(0);
	assert_memory_equal(seen, text, sizeof(text));
	assert_int_equal(waitpid(writer, &status, 0), writer);
	assert_int_equal(status, 0);
	close_terminal(&t);
}

/* As when a getty hangs up the line: the descriptor is dead, the path leads on. */
static void what_is_hung_up_is_opened_again(void **state)
{
	const char *dir = *state;
	CLEANUP(freep) char *link = xasprintf("%s/console", dir);
	CLEANUP(freep) char *said = NULL;
	struct terminal t;
	size_t length;

	make_terminal(&t);
	assert_int_equal(symlink(t.path, link), 0);
	consoles_open(link);
	consoles_write("before\n", 7);
	close_terminal(&t);
	assert_int_equal(unlink(link), 0);
	scratch_write(dir, "console", "", 0);
	consoles_write("after\n", 6);
	consoles_write("and after that\n", 15);
	consoles_close();
	said = scratch_read(dir, "console", &length);
	assert_string_equal(said, "after\nand after that\n");
}

static void nobody_waits_for_a_terminal_that_takes_nothing(void **state)
{
	static char text[LONG_TEXT_BYTES];
	struct terminal t;

	(void)state;
	make_terminal(&t);
	consoles_open(t.path);
	(void)alarm(4 * CONSOLE_STALL_MS / 1000);
	for (int i = 0; i < 100; i++)
		consoles_write(text, sizeof(text));
	(void)alarm(0);
	consoles_close();
	close_terminal(&t);
}

static void none_is_fine(void **state)
{
	(void)state;
	consoles_open("");
	consoles_write("nobody", 6);
	consoles_close();
	consoles_open("/nonexistent/console");
	consoles_write("nobody", 6);
	consoles_close();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_slow_terminal_gets_everything),
		SCRATCH_TEST(what_is_hung_up_is_opened_again),
		cmocka_unit_test(nobody_waits_for_a_terminal_that_takes_nothing),
		cmocka_unit_test(none_is_fine),
	};

	return cmocka_run_group_tests_name("agent/console", tests, NULL, NULL);
}
