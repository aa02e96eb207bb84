/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The child's side of base/proc.h, between fork and exec. For proc.c alone.
 */
#pragma once

#include <sys/types.h>

#include "base/proc.h"

enum proc_child_step {
	PROC_CHILD_SET_UP = 0,
	PROC_CHILD_ROOT,
	PROC_CHILD_CWD,
	PROC_CHILD_FIND,
	PROC_CHILD_EXEC,
};

struct proc_child_failure {
	enum proc_child_step step;
	int errnum;
};

/*
 * Become what `spec` says. `stdio` are the descriptors for 0, 1 and 2; -1 is /dev/null.
 * On failure a struct proc_child_failure is written to `report_fd` (close-on-exec) and
 * the child exits with 127.
 */
_Noreturn void proc_child_exec(
	const struct proc_spec *spec, const int stdio[3], int report_fd, pid_t parent);

int proc_set_nonblocking(int fd, struct error *err);
