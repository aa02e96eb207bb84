/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A function in user, mount, PID, UTS and IPC namespaces of its own: there it is root
 * over its files without being root here. Uid and gid 0 are the caller's own, 1 to 65535
 * are its subordinate ids (/etc/subuid, /etc/subgid through newuidmap and newgidmap; for
 * real root: the same numbers). The network stays the caller's.
 *
 * The umask inside is 022.
 *
 * Everything started inside dies with it, and it dies with the program: PID namespaces
 * and parent-death signals see to that, not cleanup code. Mounts made inside vanish with
 * it.
 */
#pragma once

#include <stddef.h>
#include <sys/types.h>

#include "base/error.h"
#include "base/progress.h"
#include "base/strbuf.h"

/*
 * Runs as PID 1 of the namespaces, mounts private. What it appends to `result` is handed
 * to the caller of sandbox_run(); progress it reports reaches the caller's progress.
 */
typedef int sandbox_fn(void *userdata, struct progress *progress, struct strbuf *result,
	struct error *err);

/*
 * Fork, set up, run `fn`, wait. Its error is ours. Memory is a copy: what `fn` changes
 * stays inside, but for files, shared descriptors and `ret_result` (may be NULL; at most
 * 64 MiB). SIGINT/SIGTERM here end it. ERR_TOOL with the remedy when the system allows no
 * namespaces. Call it while the program has one thread, and not inside another sandbox:
 * /proc there shows the processes of the outside.
 */
int sandbox_run(sandbox_fn *fn, void *userdata, struct progress *progress,
	struct strbuf *ret_result, struct error *err);

/* Outside: appends what the inside may have, once it asks. It is zeroed when sent. */
typedef void sandbox_answer_fn(struct strbuf *answer);

/*
 * The same, and sandbox_ask() is answered. So what no stranger in the sandbox is to find
 * in memory comes when they have ended.
 */
int sandbox_run_answering(sandbox_fn *fn, void *userdata, struct progress *progress,
	sandbox_answer_fn *answer, struct strbuf *ret_result, struct error *err);

/* Inside, in one thread at a time: append the answer to `ret`; nothing where nobody
 * answers. */
int sandbox_ask(struct strbuf *ret, struct error *err);

/* rm -rf as root of such a namespace: for trees that hold files of subordinate ids. */
int sandbox_remove_tree(const char *path, struct error *err);
