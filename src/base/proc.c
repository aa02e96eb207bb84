/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/proc_child.h"
#include "base/strbuf.h"
#include "base/term.h"

/* The exit code of a child whose end nobody saw. */
enum { EXIT_UNKNOWN = 255 };

struct proc {
	pid_t pid;
	int pidfd;
	bool own_group;
	bool ended;
	int exit_code;
	int end_signal; /* what ended it; 0: it exited */
};

char *proc_shell_words(const char *const *argv)
{
	struct strbuf words = STRBUF_INIT;

	for (; *argv; argv++) {
		if (words.length_bytes)
			strbuf_add_char(&words, ' ');
		strbuf_add_shell_word(&words, *argv);
	}
	return strbuf_take(&words);
}

void proc_result_release(struct proc_result *r)
{
	free(r->out);
	*r = (struct proc_result){ 0 };
}

/* Read what the child says of its exec: nothing when it worked, else what failed. */
static int await_exec(const struct proc_spec *spec, int report_fd, struct error *err)
{
	struct proc_child_failure failure;
	const char *tool = spec->argv[0];
	size_t n;

	if (fd_read(report_fd, &failure, sizeof(failure), &n, "pipe", err) < 0)
		return -1;
	if (n < sizeof(failure))
		return 0;
	switch (failure.step) {
	case PROC_CHILD_FIND:
		return error_set(err, ERR_TOOL, failure.errnum,
			"'%s' is not installed, or not in PATH", tool);
	case PROC_CHILD_ROOT:
		return error_set_errno(err, failure.errnum,
			"start '%s' with '%s' as its root", tool, spec->root);
	case PROC_CHILD_CWD:
		return error_set_errno(
			err, failure.errnum, "start '%s' in '%s'", tool, spec->cwd);
	case PROC_CHILD_SET_UP:
	case PROC_CHILD_EXEC:
		break;
	}
	if (failure.step == PROC_CHILD_EXEC && failure.errnum == ENOENT)
		return error_set(err, ERR_TOOL, failure.errnum,
			"start '%s': it, or the interpreter that it names, is not there",
			tool);
	return error_set_errno(err, failure.errnum, "start '%s'", tool);
}

static int spawn(const struct proc_spec *spec, const int stdio[3], struct proc **ret,
	struct error *err)
{
	CLEANUP(fd_closep) int report_read = -1;
	CLEANUP(fd_closep) int report_write = -1;
	CLEANUP(proc_freep) struct proc *p = xcalloc(1, sizeof(*p));
	int ends[2];
	pid_t parent = getpid();

	p->pidfd = -1;
	if (fd_pipe(ends, err) < 0)
		return -1;
	report_read = ends[0];
	report_write = ends[1];
	p->own_group = !spec->foreground;
	p->pid = fork();
	if (p->pid < 0) {
		p->ended = true;
		return error_errno(err, "start '%s'", spec->argv[0]);
	}
	if (p->pid == 0)
		proc_child_exec(spec, stdio, report_write, parent);
	p->pidfd = (int)syscall(SYS_pidfd_open, p->pid, 0);
	if (p->pidfd < 0)
		return error_errno(err, "watch '%s' (pidfd_open)", spec->argv[0]);
	fd_closep(&report_write);
	if (await_exec(spec, report_read, err) < 0)
		return -1;
	*ret = TAKE_PTR(p);
	return 0;
}

int proc_spawn(const struct proc_spec *spec, int stdout_fd, int stderr_fd,
	struct proc **ret, struct error *err)
{
	return spawn(spec, (const int[]){ -1, stdout_fd, stderr_fd }, ret, err);
}

pid_t proc_pid(const struct proc *p)
{
	return p->pid;
}

int proc_fd(const struct proc *p)
{
	return p->pidfd;
}

/*
 * True when the child has ended. What it left behind in its group is killed before it is
 * reaped: until then its number, and so the group's, cannot belong to anyone else.
 */
static bool reap(struct proc *p, int options)
{
	siginfo_t info = { 0 };

	if (p->ended)
		return true;
	while (waitid(P_PID, (id_t)p->pid, &info, WEXITED | WNOWAIT | options) < 0) {
		if (errno == EINTR)
			continue;
		/* Someone else reaped it (SIGCHLD is ignored?): how it ended is not
		 * known, so it has not succeeded. */
		p->ended = true;
		p->exit_code = EXIT_UNKNOWN;
		return true;
	}
	if (info.si_pid == 0)
		return false;
	if (p->own_group)
		(void)kill(-p->pid, SIGKILL);
	while (waitid(P_PID, (id_t)p->pid, &info, WEXITED) < 0 && errno == EINTR)
		;
	p->ended = true;
	p->end_signal = info.si_code == CLD_EXITED ? 0 : info.si_status;
	p->exit_code = p->end_signal ? 128 + p->end_signal : info.si_status;
	return true;
}

bool proc_has_ended(struct proc *p, int *ret_exit_code)
{
	if (!reap(p, WNOHANG))
		return false;
	*ret_exit_code = p->exit_code;
	return true;
}

int proc_wait(struct proc *p, uint64_t deadline_ms, int *ret_exit_code, struct error *err)
{
	while (!reap(p, WNOHANG)) {
		struct pollfd fds[] = { { .fd = p->pidfd, .events = POLLIN },
			{ .fd = term_fd(), .events = POLLIN } };

		if (term_check(err) < 0)
			return -1;
		if (poll(fds, ARRAY_SIZE(fds), clock_poll_timeout(deadline_ms)) < 0 &&
			errno != EINTR)
			return error_errno(err, "wait for process %d", (int)p->pid);
		if (deadline_ms && clock_now_ms() >= deadline_ms && !reap(p, WNOHANG))
			return error_set(err, ERR_TIMEOUT, 0,
				"process %d did not end in time", (int)p->pid);
	}
	*ret_exit_code = p->exit_code;
	return 0;
}

void proc_signal(struct proc *p, int signal)
{
	if (p->pid > 0 && !p->ended)
		(void)kill(p->own_group ? -p->pid : p->pid, signal);
}

struct proc *proc_free(struct proc *p)
{
	if (!p)
		return NULL;
	proc_signal(p, SIGKILL);
	if (p->pid > 0) {
		/* It may not have come to lead its group. */
		if (!p->ended)
			(void)kill(p->pid, SIGKILL);
		(void)reap(p, 0);
	}
	fd_closep(&p->pidfd);
	free(p);
	return NULL;
}

/* What proc_run() reads from its child: one for stdout (with stderr), one for stderr
 * alone. */
struct stream {
	int fd;
	bool keep;
	bool line_restarts; /* a carriage return came last */
	struct strbuf line;
};

struct run {
	const struct proc_spec *spec;
	struct proc *proc;
	struct stream streams[2];
	struct strbuf kept; /* stdout */
	struct strbuf recent; /* the end of all output, for the error */
	int input_fd;
	size_t input_done;
};

enum { RECENT_BYTES = ERROR_OUTPUT_BYTES, LINE_MOST_BYTES = 16384 };

static void run_release(struct run *r)
{
	r->proc = proc_free(r->proc);
	fd_closep(&r->input_fd);
	for (size_t i = 0; i < ARRAY_SIZE(r->streams); i++) {
		fd_closep(&r->streams[i].fd);
		strbuf_release(&r->streams[i].line);
	}
	strbuf_release(&r->kept);
	strbuf_release(&r->recent);
}

static void keep_end(struct strbuf *to, const char *bytes, size_t length, size_t most)
{
	strbuf_add(to, bytes, length);
	if (to->length_bytes > 2 * most)
		strbuf_drop_front(to, to->length_bytes - most);
}

static void emit_line(struct run *r, struct stream *s)
{
	if (r->spec->on_line)
		r->spec->on_line(s->line.data, r->spec->userdata);
	strbuf_truncate(&s->line, 0);
}

static void add_to_line(struct run *r, struct stream *s, char c)
{
	if (c == '\n')
		emit_line(r, s);
	/* A carriage return starts the line anew, as on a terminal; not before a newline,
	 * with which it is a line's end. */
	else if (s->line_restarts && c != '\r')
		strbuf_truncate(&s->line, 0);
	s->line_restarts = c == '\r';
	if (c == '\n' || c == '\r' || c == '\0')
		return;
	if (s->line.length_bytes >= LINE_MOST_BYTES)
		emit_line(r, s);
	strbuf_add_char(&s->line, c);
}

/* Returns how many bytes it read: 0 when there is nothing now, or nothing any more. */
static size_t read_stream(struct run *r, struct stream *s)
{
	char buf[16384];
	ssize_t n = read(s->fd, buf, sizeof(buf));

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return 0;
	if (n <= 0) {
		fd_closep(&s->fd);
		return 0;
	}
	if (s->keep)
		keep_end(&r->kept, buf, (size_t)n, PROC_OUTPUT_MOST_BYTES);
	keep_end(&r->recent, buf, (size_t)n, RECENT_BYTES);
	for (ssize_t i = 0; i < n; i++)
		add_to_line(r, s, buf[i]);
	return (size_t)n;
}

/*
 * After the child's end: read what it left in the pipe, which is no more than the pipe
 * holds. The end of the pipe is not waited for: a daemon that the child started may keep
 * it open, and fill it, for ever.
 */
static void drain_stream(struct run *r, struct stream *s)
{
	int room = s->fd >= 0 ? fcntl(s->fd, F_GETPIPE_SZ) : 0;
	size_t done = 0, n;

	while (s->fd >= 0 && done < (size_t)room && (n = read_stream(r, s)) > 0)
		done += n;
	if (s->line.length_bytes)
		emit_line(r, s);
}

static void write_input(struct run *r)
{
	ssize_t n = write(r->input_fd, r->spec->input + r->input_done,
		r->spec->input_bytes - r->input_done);

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	/* A child that does not read its input to the end is no error: its exit code
	 * counts. */
	if (n < 0)
		fd_closep(&r->input_fd);
	else
		r->input_done += (size_t)n;
	if (r->input_done == r->spec->input_bytes)
		fd_closep(&r->input_fd);
}

/* One round of poll. */
static int pump(struct run *r, bool *ret_ended, struct error *err)
{
	struct pollfd fds[] = {
		{ .fd = r->streams[0].fd, .events = POLLIN },
		{ .fd = r->streams[1].fd, .events = POLLIN },
		{ .fd = r->input_fd, .events = POLLOUT },
		{ .fd = r->proc->pidfd, .events = POLLIN },
		{ .fd = term_fd(), .events = POLLIN },
	};

	if (term_check(err) < 0)
		return -1;
	if (poll(fds, ARRAY_SIZE(fds), clock_poll_timeout(r->spec->deadline_ms)) < 0)
		return errno == EINTR ? 0 : error_errno(err, "wait for output");
	for (size_t i = 0; i < ARRAY_SIZE(r->streams); i++)
		if (r->streams[i].fd >= 0 && fds[i].revents)
			read_stream(r, &r->streams[i]);
	if (r->input_fd >= 0 && fds[2].revents)
		write_input(r);
	/* This kills what is left of the group, so that it writes no more. */
	*ret_ended = fds[3].revents && reap(r->proc, WNOHANG);
	if (!*ret_ended && r->spec->deadline_ms && clock_now_ms() >= r->spec->deadline_ms)
		return error_set(err, ERR_TIMEOUT, 0, "took too long and was ended");
	return 0;
}

/* A pipe whose end `ours` never blocks: *ret_ours is for us, *ret_theirs for the child.
 */
static int make_pipe(int ours, int *ret_ours, int *ret_theirs, struct error *err)
{
	int ends[2];

	if (fd_pipe(ends, err) < 0)
		return -1;
	*ret_ours = ends[ours];
	*ret_theirs = ends[!ours];
	return proc_set_nonblocking(*ret_ours, err);
}

static int start(struct run *r, struct error *err)
{
	CLEANUP(fd_closep) int out = -1;
	CLEANUP(fd_closep) int errors = -1;
	CLEANUP(fd_closep) int input = -1;

	if (r->spec->foreground)
		return spawn(r->spec, (const int[]){ 0, 1, 2 }, &r->proc, err);
	if (make_pipe(0, &r->streams[0].fd, &out, err) < 0)
		return -1;
	if (r->spec->separate_stderr && make_pipe(0, &r->streams[1].fd, &errors, err) < 0)
		return -1;
	if (r->spec->input && make_pipe(1, &r->input_fd, &input, err) < 0)
		return -1;
	return spawn(r->spec, (const int[]){ input, out, errors >= 0 ? errors : out },
		&r->proc, err);
}

/* Most programs have one exit code for everything: the words tell. */
static void recognize_full_disk(struct error *err)
{
	static const char *const words[] = { "No space left on device",
		"Disk quota exceeded" };

	for (size_t i = 0; err->code == ERR_CHILD && i < ARRAY_SIZE(words); i++)
		if (strstr(err->output, words[i])) {
			err->code = ERR_SPACE;
			(void)error_context(err, "%s", words[i]);
		}
}

static int judge(struct run *r, int exit_code, struct error *err)
{
	CLEANUP(freep) char *words = NULL;

	if (exit_code == 0 || r->spec->any_exit)
		return 0;
	words = proc_shell_words(r->spec->argv);
	if (r->proc->end_signal)
		(void)error_set(err, ERR_CHILD, exit_code, "ended by signal %d (%s): %s",
			r->proc->end_signal, strsignal(r->proc->end_signal), words);
	else
		(void)error_set(err, ERR_CHILD, exit_code, "failed with exit code %d: %s",
			exit_code, words);
	error_set_output(err, r->recent.data, r->recent.length_bytes);
	recognize_full_disk(err);
	return -1;
}

static int run_to_end(struct run *r, int *ret_exit_code, struct error *err)
{
	bool ended = false;

	while (!ended) {
		if (pump(r, &ended, err) < 0) {
			CLEANUP(freep) char *words = NULL;

			if (err->code == ERR_INTERRUPTED)
				return -1;
			words = proc_shell_words(r->spec->argv);
			(void)error_context(err, "%s", words);
			error_set_output(err, r->recent.data, r->recent.length_bytes);
			return -1;
		}
	}
	for (size_t i = 0; i < ARRAY_SIZE(r->streams); i++)
		drain_stream(r, &r->streams[i]);
	*ret_exit_code = r->proc->exit_code;
	return 0;
}

int proc_run(const struct proc_spec *spec, struct proc_result *ret, struct error *err)
{
	CLEANUP(run_release)
	struct run r = {
		.spec = spec,
		.streams = { { .fd = -1, .keep = true, .line = STRBUF_INIT },
			{ .fd = -1, .line = STRBUF_INIT } },
		.kept = STRBUF_INIT,
		.recent = STRBUF_INIT,
		.input_fd = -1,
	};
	int exit_code = 0;

	if (start(&r, err) < 0 || run_to_end(&r, &exit_code, err) < 0)
		return -1;
	if (judge(&r, exit_code, err) < 0)
		return -1;
	if (ret) {
		if (r.kept.length_bytes > PROC_OUTPUT_MOST_BYTES)
			strbuf_drop_front(
				&r.kept, r.kept.length_bytes - PROC_OUTPUT_MOST_BYTES);
		ret->exit_code = exit_code;
		ret->out_bytes = r.kept.length_bytes;
		ret->out = strbuf_take(&r.kept);
	}
	return 0;
}
