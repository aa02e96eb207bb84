/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/path.h"
#include "base/proc.h"
#include "base/remove_tree.h"
#include "base/sandbox_link.h"
#include "base/subid.h"
#include "base/term.h"

/* How long the inside may take to end itself after a signal. */
enum { GRACE_MS = 1000 };

struct inside {
	sandbox_fn *fn;
	void *userdata;
	int link_fd; /* messages to the outside */
	int go_fd; /* a byte when the id maps are written; its end when the outside is
			gone */
	int outside_fds[2]; /* the other ends: not ours to hold open */
};

/* Inside: where sandbox_ask() asks, and is answered. */
static int ask_fd = -1, answer_fd = -1;

/* A kernel that has user namespaces did not give them to us: why, and what to do about
 * it. */
static void explain_refusal(struct error *err)
{
	static const struct {
		const char *path, *bad, *remedy;
	} knobs[] = {
		{ "/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1",
			"AppArmor keeps user namespaces from programs without a profile "
			"(sysctl kernel.apparmor_restrict_unprivileged_userns=0 allows "
			"them)" },
		{ "/proc/sys/kernel/unprivileged_userns_clone", "0",
			"allow them with: sysctl kernel.unprivileged_userns_clone=1" },
		{ "/proc/sys/user/max_user_namespaces", "0",
			"allow them with: sysctl user.max_user_namespaces=10000" },
	};

	err->code = ERR_TOOL;
	for (size_t i = 0; i < ARRAY_SIZE(knobs); i++) {
		CLEANUP(freep) char *text = NULL;

		if (file_read_all(knobs[i].path, 64, &text, NULL,
			    &(struct error)ERROR_INIT) < 0)
			continue;
		text[strcspn(text, "\n")] = '\0';
		if (strcmp(text, knobs[i].bad) != 0)
			continue;
		(void)error_context(err, "%s", knobs[i].remedy);
		return;
	}
	(void)error_context(err,
		"user namespaces are not allowed here (a container has to "
		"be started with --privileged)");
}

/*
 * Die with the outside. Its end of the go pipe, which it keeps to its own end, tells
 * whether it had died before the signal was asked for: getppid() is 0 in here in any
 * case.
 */
static int tie_to_outside(int go_fd, struct error *err)
{
	struct pollfd gone = { .fd = go_fd };

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || prctl(PR_SET_DUMPABLE, 1) < 0)
		return error_errno(err, "tie the sandbox to the program");
	if (poll(&gone, 1, 0) > 0)
		return error_set(err, ERR_SYSTEM, 0, "the program that made it is gone");
	return 0;
}

static int become_root_inside(int go_fd, struct error *err)
{
	if (setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0)
		return error_errno(err, "become root of the sandbox");
	/* After the change of ids, which clears the signal. */
	if (tie_to_outside(go_fd, err) < 0)
		return -1;
	(void)setgroups(0, NULL);
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0) {
		bool refused = errno == EACCES || errno == EPERM;

		(void)error_errno(err, "make mounts private in the sandbox");
		if (refused)
			explain_refusal(err);
		return -1;
	}
	return 0;
}

static int run_inside(const struct inside *in, struct error *err)
{
	CLEANUP(strbuf_releasep) struct strbuf result = STRBUF_INIT;
	struct sandbox_link_writer link;
	char go;
	size_t n;

	for (size_t i = 0; i < ARRAY_SIZE(in->outside_fds); i++)
		(void)close(in->outside_fds[i]);
	if (fd_read(in->go_fd, &go, 1, &n, "pipe", err) < 0)
		return -1;
	if (n == 0)
		return error_set(err, ERR_SYSTEM, 0, "the program that made it is gone");
	if (become_root_inside(in->go_fd, err) < 0)
		return -1;
	ask_fd = in->link_fd;
	answer_fd = in->go_fd;
	sandbox_link_writer_init(&link, in->link_fd);
	if (in->fn(in->userdata, &link.progress, &result, err) < 0)
		return -1;
	return sandbox_link_send_result(in->link_fd, &result, err);
}

static _Noreturn void inside_main(const struct inside *in)
{
	struct error err = ERROR_INIT;
	int rc;

	/*
	 * A session of its own: Ctrl-C reaches the outside alone, which passes it on; and
	 * a script that asks at /dev/tty is told that there is none, where it would be
	 * stopped for ever in a background group of the user's session.
	 */
	(void)setsid();
	/* Modes in the tree do not depend on the caller's habits. */
	(void)umask(022);
	term_reset_in_child();
	(void)signal(SIGPIPE, SIG_IGN);
	rc = run_inside(in, &err);
	if (rc < 0)
		(void)sandbox_link_send_error(in->link_fd, &err);
	/* No atexit handlers and no stdio buffers of the outside's. */
	_exit(rc < 0 ? 1 : 0);
}

static int write_map(pid_t pid, const char *file, struct error *err)
{
	CLEANUP(freep) char *own_path = xasprintf("/proc/self/%s", file);
	CLEANUP(freep) char *path = xasprintf("/proc/%d/%s", (int)pid, file);
	CLEANUP(fd_closep) int fd = open(path, O_WRONLY | O_CLOEXEC);
	CLEANUP(strbuf_releasep) struct strbuf map = STRBUF_INIT;
	CLEANUP(freep) char *own = NULL;

	if (fd < 0)
		return error_errno(err, "open '%s'", path);
	if (file_read_all(own_path, 1 << 16, &own, NULL, err) < 0 ||
		subid_map_of_root(own, &map, err) < 0)
		return error_context(err, "%s", own_path);
	/* One write: the kernel takes a map whole or not at all. */
	if (write(fd, map.data, map.length_bytes) < 0)
		return error_errno(err, "map the ids of the sandbox (%s)", path);
	return 0;
}

static int run_mapper(
	const char *tool, const char *file, pid_t pid, uid_t own_id, struct error *err)
{
	CLEANUP(strv_releasep) struct strv argv = STRV_INIT;
	CLEANUP(freep) char *text = NULL;
	const struct passwd *user = getpwuid(getuid());
	CLEANUP(freep)
	char *name =
		user ? xstrdup(user->pw_name) : xasprintf("%u", (unsigned int)getuid());

	if (!path_exists(file))
		text = xstrdup("");
	else if (file_read_all(file, 1 << 20, &text, NULL, err) < 0)
		return -1;
	strv_add(&argv, tool);
	strv_addf(&argv, "%d", (int)pid);
	if (subid_map_args(text, name, getuid(), own_id, &argv, err) < 0)
		return error_context(err, "%s", file);
	if (proc_run(&(struct proc_spec){ .argv = (const char *const *)argv.items }, NULL,
		    err) < 0) {
		if (err->code == ERR_TOOL)
			(void)error_context(err,
				"install the package 'uidmap' (newuidmap, newgidmap)");
		return -1;
	}
	return 0;
}

static int map_ids(pid_t pid, struct error *err)
{
	if (geteuid() == 0) {
		if (write_map(pid, "uid_map", err) < 0)
			return -1;
		return write_map(pid, "gid_map", err);
	}
	if (run_mapper("newuidmap", "/etc/subuid", pid, getuid(), err) < 0)
		return -1;
	return run_mapper("newgidmap", "/etc/subgid", pid, getgid(), err);
}

static int clone_inside(const struct inside *in, pid_t *ret_pid, struct error *err)
{
	const unsigned long flags = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID |
				    CLONE_NEWUTS | CLONE_NEWIPC | SIGCHLD;
	long pid;

	(void)fflush(NULL);
	pid = syscall(SYS_clone, flags, NULL, NULL, NULL, NULL);
	if (pid < 0) {
		(void)error_errno(err, "make user namespaces");
		explain_refusal(err);
		return -1;
	}
	if (pid == 0)
		inside_main(in);
	*ret_pid = (pid_t)pid;
	return 0;
}

/* Read messages until the inside's end. A signal here is passed on, then enforced. */
static int listen_to(
	struct sandbox_link_reader *r, int link_fd, pid_t pid, struct error *err)
{
	uint64_t kill_at_ms = 0;
	bool more = true;

	while (more) {
		struct pollfd fds[] = { { .fd = link_fd, .events = POLLIN },
			{ .fd = kill_at_ms ? -1 : term_fd(), .events = POLLIN } };

		if (poll(fds, ARRAY_SIZE(fds), clock_poll_timeout(kill_at_ms)) < 0 &&
			errno != EINTR)
			return error_errno(err, "wait for the sandbox");
		if (term_requested() && !kill_at_ms) {
			(void)kill(pid, SIGTERM);
			kill_at_ms = clock_now_ms() + GRACE_MS;
		}
		if (kill_at_ms && clock_now_ms() >= kill_at_ms)
			return term_check(err);
		if (fds[0].revents && sandbox_link_read(r, link_fd, &more, err) < 0)
			return -1;
	}
	return 0;
}

static int reap_inside(pid_t pid)
{
	siginfo_t info = { 0 };

	while (waitid(P_PID, (id_t)pid, &info, WEXITED) < 0 && errno == EINTR)
		;
	return info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
}

/* What the end of the inside means, when it ended by itself. */
static int judge(const struct sandbox_link_reader *r, int exit_code, struct error *err)
{
	if (term_check(err) < 0)
		return -1;
	if (r->has_error) {
		*err = *r->error;
		return -1;
	}
	if (exit_code == 0 && r->has_result)
		return 0;
	return error_set(err, ERR_SYSTEM, 0,
		"the sandbox ended without a result (exit code %d%s)", exit_code,
		exit_code == 128 + SIGKILL ? ": killed; out of memory?" : "");
}

int sandbox_ask(struct strbuf *ret, struct error *err)
{
	if (ask_fd < 0)
		return error_set(err, ERR_SYSTEM, 0, "there is no sandbox to ask from");
	return sandbox_link_ask(ask_fd, answer_fd, ret, err);
}

int sandbox_run(sandbox_fn *fn, void *userdata, struct progress *progress,
	struct strbuf *ret_result, struct error *err)
{
	return sandbox_run_answering(fn, userdata, progress, NULL, ret_result, err);
}

int sandbox_run_answering(sandbox_fn *fn, void *userdata, struct progress *progress,
	sandbox_answer_fn *answer, struct strbuf *ret_result, struct error *err)
{
	CLEANUP(strbuf_releasep) struct strbuf result = STRBUF_INIT;
	CLEANUP(fd_closep) int link_read = -1;
	CLEANUP(fd_closep) int link_write = -1;
	CLEANUP(fd_closep) int go_read = -1;
	CLEANUP(fd_closep) int go_write = -1;
	struct error inner = ERROR_INIT;
	struct sandbox_link_reader reader = { .pending = STRBUF_INIT,
		.progress = progress,
		.result = &result,
		.error = &inner };
	int link[2], go[2], rc;
	pid_t pid;

	if (fd_pipe(link, err) < 0)
		return -1;
	link_read = link[0];
	link_write = link[1];
	if (fd_pipe(go, err) < 0)
		return -1;
	go_read = go[0];
	go_write = go[1];
	reader.answer = answer;
	reader.answer_fd = go_write;
	if (clone_inside(&(struct inside){ .fn = fn,
				 .userdata = userdata,
				 .link_fd = link_write,
				 .go_fd = go_read,
				 .outside_fds = { link_read, go_write } },
		    &pid, err) < 0)
		return -1;
	fd_closep(&link_write);
	rc = map_ids(pid, err);
	if (rc == 0)
		rc = fd_write_all(go_write, "", 1, "pipe", err);
	if (rc == 0)
		rc = listen_to(&reader, link_read, pid, err);
	if (rc < 0)
		(void)kill(pid, SIGKILL);
	if (rc == 0)
		rc = judge(&reader, reap_inside(pid), err);
	else
		(void)reap_inside(pid);
	strbuf_release(&reader.pending);
	if (rc == 0 && ret_result) {
		strbuf_release(ret_result);
		*ret_result = result;
		result = (struct strbuf)STRBUF_INIT;
	}
	return rc;
}

static int remove_inside(
	void *path, struct progress *progress, struct strbuf *result, struct error *err)
{
	(void)progress;
	(void)result;
	return remove_tree(path, err);
}

int sandbox_remove_tree(const char *path, struct error *err)
{
	int rc;

	term_hold();
	rc = sandbox_run(remove_inside, (void *)path, NULL, NULL, err);
	term_resume();
	return rc;
}
