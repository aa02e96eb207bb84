/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vm/qmp.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"

/*
 * QEMU's part is written into the socket beforehand: our commands are numbered from 1,
 * the first being qmp_capabilities.
 */
#define GREETING "{\"QMP\": {\"version\": {}, \"capabilities\": []}}\r\n"
#define READY GREETING "{\"return\": {}, \"id\": 1}\r\n"

static int script(const char *text, int *ret_qemu)
{
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	assert_int_equal(write(ends[1], text, strlen(text)), strlen(text));
	*ret_qemu = ends[1];
	return ends[0];
}

static uint64_t soon(void)
{
	return clock_now_ms() + 10000;
}

static void a_conversation_works(void **state)
{
	CLEANUP(fd_closep) int qemu = -1;
	CLEANUP(qmp_freep) struct qmp *q = NULL;
	struct error err = ERROR_INIT;
	char said[256];
	ssize_t length;

	(void)state;
	assert_int_equal(qmp_open(script(READY "{\"event\": \"RESUME\"}\n"
					       "{\"return\": {}, \"id\": 2}\n",
					  &qemu),
				 soon(), &q, &err),
		0);
	assert_int_equal(qmp_command(q, "system_reset", soon(), &err), 0);
	length = read(qemu, said, sizeof(said) - 1);
	assert_true(length > 0);
	said[length] = '\0';
	assert_non_null(strstr(said, "\"qmp_capabilities\""));
	assert_non_null(strstr(said, "{\"execute\":\"system_reset\",\"id\":2}\n"));
}

static void a_refusal_is_an_error(void **state)
{
	CLEANUP(fd_closep) int qemu = -1;
	CLEANUP(qmp_freep) struct qmp *q = NULL;
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(
		qmp_open(script(READY "{\"id\": 2, \"error\": {\"desc\": \"not now\"}}\n",
				 &qemu),
			soon(), &q, &err),
		0);
	assert_int_equal(qmp_command(q, "quit", soon(), &err), -1);
	assert_int_equal(err.code, ERR_CHILD);
	assert_non_null(strstr(err.msg, "not now"));
}

static void how_a_guest_ended_is_told(void **state)
{
	CLEANUP(fd_closep) int qemu = -1;
	CLEANUP(qmp_freep) struct qmp *q = NULL;
	struct error err = ERROR_INIT;
	static const char more[] =
		"{\"event\": \"RESET\", \"data\": {\"guest\": true}}\n"
		"{\"event\": \"SHUTDOWN\", \"data\": {\"guest\": false, "
		"\"reason\": \"host-signal\"}}\n"
		"{\"event\": \"SHUTDOWN\", \"data\": {\"guest\": true, "
		"\"reason\": \"guest-reset\"}}\n"
		"{\"event\": \"SHUTDOWN\", \"data\": {\"gue";

	(void)state;
	assert_int_equal(qmp_open(script(READY, &qemu), soon(), &q, &err), 0);
	assert_int_equal(write(qemu, more, sizeof(more) - 1), sizeof(more) - 1);
	assert_int_equal(qmp_read(q, &err), 0);
	assert_true(qmp_guest_reset(q));
	assert_false(qmp_guest_shut_down(q));
	assert_int_equal(write(qemu, "st\": true}}\n", 12), 12);
	assert_int_equal(qmp_read(q, &err), 0);
	assert_true(qmp_guest_shut_down(q));
	assert_false(qmp_closed(q));
	fd_closep(&qemu);
	assert_int_equal(qmp_read(q, &err), 0);
	assert_true(qmp_closed(q));
}

static void a_qemu_that_is_gone_or_mute_is_noticed(void **state)
{
	struct error err = ERROR_INIT;
	struct qmp *q = NULL;
	int qemu, fd;

	(void)state;
	fd = script("", &qemu);
	close(qemu);
	assert_int_equal(qmp_open(fd, soon(), &q, &err), -1);
	assert_int_equal(err.code, ERR_CHILD);
	fd = script(GREETING, &qemu);
	assert_int_equal(qmp_open(fd, clock_now_ms() + 20, &q, &err), -1);
	assert_int_equal(err.code, ERR_TIMEOUT);
	close(qemu);
	assert_null(q);
}

static void nonsense_ends_it(void **state)
{
	struct error err = ERROR_INIT;
	struct qmp *q = NULL;
	int qemu;

	(void)state;
	assert_int_equal(
		qmp_open(script("HTTP/1.1 400 Bad Request\n", &qemu), soon(), &q, &err),
		-1);
	assert_int_equal(err.code, ERR_FORMAT);
	close(qemu);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_conversation_works),
		cmocka_unit_test(a_refusal_is_an_error),
		cmocka_unit_test(how_a_guest_ended_is_told),
		cmocka_unit_test(a_qemu_that_is_gone_or_mute_is_noticed),
		cmocka_unit_test(nonsense_ends_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
