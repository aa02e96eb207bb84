/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/proc_child.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/close_range.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/path.h"

#if defined(__x86_64__)
#define NATIVE_AUDIT_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE_AUDIT_ARCH AUDIT_ARCH_AARCH64
#else
#error "name the AUDIT_ARCH of this architecture"
#endif

int proc_set_nonblocking(int fd, struct error *err)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
		return error_errno(err, "set up a pipe");
	return 0;
}

/*
 * Make fsync and its kin return 0 without doing anything: SECCOMP_RET_ERRNO with errno 0.
 * See seccomp(2). A tree that is thrown away when the machine fails need not survive
 * that.
 */
static int install_sync_filter(void)
{
#define SUCCEED_AT_ONCE(name)                                  \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##name, 0, 1), \
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO)
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, NATIVE_AUDIT_ARCH, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		SUCCEED_AT_ONCE(fsync),
		SUCCEED_AT_ONCE(fdatasync),
		SUCCEED_AT_ONCE(sync),
		SUCCEED_AT_ONCE(syncfs),
		SUCCEED_AT_ONCE(msync),
		SUCCEED_AT_ONCE(sync_file_range),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
#undef SUCCEED_AT_ONCE
	struct sock_fprog program = { .len = ARRAY_SIZE(code), .filter = code };

	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0)
		return 0;
	/* Without CAP_SYS_ADMIN the kernel wants this promise first. */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -1;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

static int set_up_stdio(const int stdio[3])
{
	int fds[3];

	/* Copies above 2 first: the wanted descriptors may themselves be 0, 1 or 2. */
	for (int i = 0; i < 3; i++) {
		int from =
			stdio[i] >= 0 ? stdio[i] : open("/dev/null", O_RDWR | O_CLOEXEC);

		fds[i] = from < 0 ? -1 : fcntl(from, F_DUPFD_CLOEXEC, 3);
		if (fds[i] < 0)
			return -1;
	}
	for (int i = 0; i < 3; i++)
		if (dup2(fds[i], i) < 0)
			return -1;
	return 0;
}

static int keep_open(const int *fds, size_t count)
{
	/* What the program was started with, or a library opened, is not the child's
	 * either. */
	if (close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) < 0 && errno != ENOSYS &&
		errno != EINVAL)
		return -1;
	for (size_t i = 0; i < count; i++)
		if (fcntl(fds[i], F_SETFD, 0) < 0)
			return -1;
	return 0;
}

static void reset_signals(void)
{
	sigset_t none;

	(void)sigemptyset(&none);
	for (int s = 1; s < NSIG; s++)
		(void)signal(s, SIG_DFL);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static int set_up(const struct proc_spec *spec, const int stdio[3], pid_t parent)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return -1;
	/* The parent may have died before the signal was asked for. */
	if (getppid() != parent)
		_exit(127);
	if (!spec->foreground && setpgid(0, 0) < 0)
		return -1;
	if (set_up_stdio(stdio) < 0 || keep_open(spec->pass_fds, spec->pass_fd_count) < 0)
		return -1;
	return spec->filter_syncs ? install_sync_filter() : 0;
}

/* Does not return when it works; else errno says why not, and what it returns where. */
static enum proc_child_step become(
	const struct proc_spec *spec, const int stdio[3], pid_t parent)
{
	CLEANUP(freep) char *tool = NULL;

	if (set_up(spec, stdio, parent) < 0)
		return PROC_CHILD_SET_UP;
	if (spec->root && (chroot(spec->root) < 0 || chdir("/") < 0))
		return PROC_CHILD_ROOT;
	if (spec->cwd && chdir(spec->cwd) < 0)
		return PROC_CHILD_CWD;
	if (spec->env)
		environ = (char **)spec->env;
	/* A name with a slash is a path, and exec says best what is wrong with it. */
	tool = strchr(spec->argv[0], '/') ? xstrdup(spec->argv[0])
					  : path_find_tool(spec->argv[0]);
	errno = ENOENT;
	if (!tool)
		return PROC_CHILD_FIND;
	(void)execv(tool, (char **)spec->argv);
	return PROC_CHILD_EXEC;
}

_Noreturn void proc_child_exec(
	const struct proc_spec *spec, const int stdio[3], int report_fd, pid_t parent)
{
	struct proc_child_failure failure = { 0 };

	reset_signals();
	failure.step = become(spec, stdio, parent);
	failure.errnum = errno;
	if (write(report_fd, &failure, sizeof(failure)) < 0) {
		/* The parent is gone: nobody to tell. */
	}
	_exit(127);
}
