/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs that are run: in a session of their own, with descriptors that are said. */
#pragma once

struct process {
	const char *path;
	const char *const *argv;
	const char *const *envp;
	int output; /* its standard output and error; its input is /dev/null */
};

/* A pid or -errno. When `path` cannot be started its exit code is 126 or 127, as a
 * shell's. */
int process_start(const struct process *p);

/* The exit code, 128 + signal, or -errno. */
int process_wait(int pid);
