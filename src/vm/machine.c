/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vm/machine.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/proc.h"
#include "base/strv.h"
#include "base/term.h"
#include "vm/qmp.h"
#include "vm/scratch.h"

enum { START_DEADLINE_MS = 60000, MESSAGES_MOST_BYTES = 65536 };

struct machine {
	struct proc *proc;
	struct qmp *qmp;
	struct console *console;
	int messages_fd; /* what QEMU wrote to stdout and stderr */
	bool ended;
	int exit_code;
};

static int make_wire(int *ret_ours, int *ret_theirs, struct error *err)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return error_errno(err, "make a socket pair for QEMU");
	*ret_ours = ends[0];
	*ret_theirs = ends[1];
	return 0;
}

static int start_process(struct machine *m, const struct vm_spec *vm, struct error *err)
{
	CLEANUP(strv_releasep) struct strv argv = STRV_INIT;
	int fds[QEMU_FDS_MOST];
	struct proc_spec proc = { .pass_fds = fds };

	proc.pass_fd_count = qemu_fds(vm, fds);
	qemu_args(vm, &argv);
	proc.argv = (const char *const *)argv.items;
	return proc_spawn(&proc, m->messages_fd, m->messages_fd, &m->proc, err);
}

/* Attach what QEMU said last. */
static void add_messages(const struct machine *m, struct error *err)
{
	char *text = NULL;
	size_t length = 0;
	struct error ignored = ERROR_INIT;

	if (lseek(m->messages_fd, 0, SEEK_SET) < 0 ||
		fd_read_all(m->messages_fd, MESSAGES_MOST_BYTES, &text, &length,
			"QEMU's messages", &ignored) < 0)
		return;
	error_set_output(err, text, length);
	free(text);
}

/* A QEMU that refuses its arguments is gone before it greets: say what it said. */
static int open_monitor(struct machine *m, int fd, struct error *err)
{
	if (qmp_open(fd, clock_now_ms() + START_DEADLINE_MS, &m->qmp, err) == 0)
		return 0;
	if (err->code != ERR_INTERRUPTED)
		add_messages(m, err);
	return error_context(err, "start QEMU");
}

int machine_start(
	const struct machine_spec *spec, struct machine **ret, struct error *err)
{
	CLEANUP(machine_freep) struct machine *m = xcalloc(1, sizeof(*m));
	CLEANUP(fd_closep) int console_ours = -1;
	CLEANUP(fd_closep) int console_theirs = -1;
	CLEANUP(fd_closep) int qmp_ours = -1;
	CLEANUP(fd_closep) int qmp_theirs = -1;
	struct console_spec console = { .log_fd = spec->log_fd,
		.show_fd = spec->show_fd };
	struct vm_spec vm = spec->vm;

	m->messages_fd = -1;
	if (make_wire(&console_ours, &console_theirs, err) < 0 ||
		make_wire(&qmp_ours, &qmp_theirs, err) < 0 ||
		scratch_file_open(spec->dir_fd, "QEMU's messages", &m->messages_fd, err) <
			0)
		return -1;
	vm.console_fd = console_theirs;
	vm.qmp_fd = qmp_theirs;
	if (start_process(m, &vm, err) < 0)
		return -1;
	/* With their ends closed here, the end of QEMU is the end of the streams. */
	fd_closep(&console_theirs);
	fd_closep(&qmp_theirs);
	console.wire_fd = TAKE_FD(console_ours);
	if (console_start(&console, &m->console, err) < 0 ||
		open_monitor(m, TAKE_FD(qmp_ours), err) < 0)
		return -1;
	*ret = TAKE_PTR(m);
	return 0;
}

struct machine *machine_free(struct machine *m)
{
	if (!m)
		return NULL;
	m->proc = proc_free(m->proc);
	m->qmp = qmp_free(m->qmp);
	m->console = console_free(m->console);
	fd_closep(&m->messages_fd);
	free(m);
	return NULL;
}

int machine_wait(struct machine *m, int also_fd, uint64_t deadline_ms, struct error *err)
{
	struct pollfd fds[] = {
		{ .fd = console_news_fd(m->console), .events = POLLIN },
		{ .fd = proc_fd(m->proc), .events = POLLIN },
		{ .fd = qmp_closed(m->qmp) ? -1 : qmp_fd(m->qmp), .events = POLLIN },
		{ .fd = term_fd(), .events = POLLIN },
		{ .fd = also_fd, .events = POLLIN },
	};

	if (term_check(err) < 0)
		return -1;
	if (m->ended)
		return 0;
	if (poll(fds, ARRAY_SIZE(fds), clock_poll_timeout(deadline_ms)) < 0 &&
		errno != EINTR)
		return error_errno(err, "wait for the machine");
	console_take_news(m->console);
	if (qmp_read(m->qmp, err) < 0)
		return -1;
	m->ended = proc_has_ended(m->proc, &m->exit_code);
	/* What it said last may have come after the look at the monitor. */
	if (m->ended && qmp_read(m->qmp, err) < 0)
		return -1;
	return term_check(err);
}

bool machine_has_ended(const struct machine *m)
{
	return m->ended;
}

int machine_explain_end(const struct machine *m, struct error *err)
{
	if (m->exit_code == 0)
		return error_set(err, ERR_CHILD, 0, "the machine powered itself off");
	(void)error_set(err, ERR_CHILD, m->exit_code, "QEMU ended with exit code %d",
		m->exit_code);
	add_messages(m, err);
	return -1;
}

struct console *machine_console(struct machine *m)
{
	return m->console;
}

bool machine_was_shut_down(const struct machine *m)
{
	return qmp_guest_shut_down(m->qmp);
}

bool machine_was_reset(const struct machine *m)
{
	return qmp_guest_reset(m->qmp);
}
