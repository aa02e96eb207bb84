/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "init/process.h"

#include <linux/errno.h>
#include <linux/fcntl.h>

#include "rt/sys.h"
#include "rt/text.h"

enum { STDIN = 0, STDOUT = 1, STDERR = 2, EXIT_NOT_STARTED = 126, EXIT_NOT_FOUND = 127 };

__attribute__((noreturn)) static void become(const struct process *p)
{
	char message[320];
	struct text t = TEXT_IN(message);
	int r = sys_openat(AT_FDCWD, "/dev/null", O_RDONLY, 0);

	(void)sys_setsid();
	(void)sys_chdir("/");
	(void)sys_umask(022);
	if (r >= 0)
		r = sys_dup_onto(r, STDIN);
	if (r >= 0)
		r = sys_dup_onto(p->output, STDOUT);
	if (r >= 0)
		r = sys_dup_onto(STDOUT, STDERR);
	if (r >= 0)
		r = sys_execve(p->path, (char *const *)p->argv, (char *const *)p->envp);
	text_addf(&t, "cannot start %s: %s\n", p->path, text_errno(r));
	(void)sys_write_all(p->output, message, t.length_bytes);
	sys_exit(r == -ENOENT ? EXIT_NOT_FOUND : EXIT_NOT_STARTED);
}

int process_start(const struct process *p)
{
	int pid = sys_fork();

	if (pid == 0)
		become(p);
	return pid;
}

int process_wait(int pid)
{
	int status = 0;
	int r = sys_wait(pid, &status);

	if (r < 0)
		return r;
	return status & 0x7f ? 128 + (status & 0x7f) : status >> 8 & 0xff;
}
