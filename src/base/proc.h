/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Child processes: argument vectors, never shell strings. Each child leads a process
 * group of its own and gets SIGKILL when the program dies; ending one ends its whole
 * group.
 *
 * proc_run() starts one, hands its output on line by line, waits and judges it.
 * proc_spawn() is for the ones that live on (QEMU): the caller waits for them, or frees
 * them, which kills and reaps.
 *
 * SIGPIPE is to be ignored (main does). The death signal comes when the *thread* that
 * started the child ends: start those that live on from one that does, too.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/cleanup.h"
#include "base/error.h"

/* One line of output without its newline, NUL-terminated. */
typedef void proc_line_fn(const char *line, void *userdata);

/* How to run a child. Zeroed fields are the defaults named here. */
struct proc_spec {
	/* NULL-terminated; argv[0] is looked up in PATH and the sbin directories. */
	const char *const *argv;
	const char *const *env; /* the whole environment; NULL: the program's own */
	const char *cwd; /* NULL: the program's own */
	const char *root; /* chroot() here first (in a sandbox); cwd is inside */
	const char *input; /* what stdin reads; NULL: /dev/null */
	size_t input_bytes;
	const int *pass_fds; /* descriptors to keep open under the same numbers */
	size_t pass_fd_count;
	uint64_t deadline_ms; /* clock_now_ms() at which it is killed; 0: none */
	proc_line_fn *on_line; /* each line of stdout and stderr, as it comes; or NULL */
	void *userdata;
	bool separate_stderr; /* stderr is not in proc_result.out; on_line gets it */
	bool foreground; /* keep the terminal: our stdin, stdout, stderr and group */
	bool any_exit; /* a non-zero exit code is not an error */
	bool filter_syncs; /* fsync and its kin succeed at once: for throw-away trees */
};

/* What is kept of stdout (and stderr) at most; of more, the end is kept. */
enum { PROC_OUTPUT_MOST_BYTES = 16 << 20 };

/* By value; proc_result_release(). */
struct proc_result {
	int exit_code; /* 128 + n when a signal n ended it */
	char *out; /* NUL-terminated */
	size_t out_bytes;
};

void proc_result_release(struct proc_result *r);
static inline void proc_result_releasep(struct proc_result *r)
{
	proc_result_release(r);
}

/*
 * Run to the end. Fails with ERR_TOOL when argv[0] is not there, ERR_CHILD when it exits
 * non-zero (message: the command, re-pasteable, and its code; output attached), ERR_SPACE
 * when its output says that the disk is full,
 * ERR_TIMEOUT, ERR_INTERRUPTED. ret may be NULL.
 */
int proc_run(const struct proc_spec *spec, struct proc_result *ret, struct error *err);

struct proc;

/* Start and return. `stdout_fd`/`stderr_fd` are given to the child and stay the caller's;
 * -1 is /dev/null. Of `spec`, on_line, deadline_ms and input are not used here. */
int proc_spawn(const struct proc_spec *spec, int stdout_fd, int stderr_fd,
	struct proc **ret, struct error *err);
pid_t proc_pid(const struct proc *p);

/* Readable when the child has ended (a pidfd); owned by `p`. */
int proc_fd(const struct proc *p);

/* True and *ret_exit_code set when it has ended; never blocks. */
bool proc_has_ended(struct proc *p, int *ret_exit_code);

/* Wait until it ends or the deadline (0: none) passes: ERR_TIMEOUT, ERR_INTERRUPTED. */
int proc_wait(
	struct proc *p, uint64_t deadline_ms, int *ret_exit_code, struct error *err);

void proc_signal(struct proc *p, int signal); /* to the whole group */
struct proc *proc_free(struct proc *p); /* SIGKILL to the group, reap; NULL is fine */
static inline void proc_freep(struct proc **p)
{
	*p = proc_free(*p);
}

/* argv as a shell would take it, for messages; the caller frees. */
char *proc_shell_words(const char *const *argv);
