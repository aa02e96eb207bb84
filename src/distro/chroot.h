/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A tree as a place to run programs in: the file systems that programs expect are mounted
 * into it, programs run with it as "/", and afterwards nothing of that is left in it.
 *Works only inside the sandbox: what is mounted vanishes with it at the latest.
 *
 *	/proc      of the sandbox's processes
 *	/sys       the machine's, read-only
 *	/dev       a small one: null, zero, full, random, urandom, tty, pts, shm
 *	/run       empty, in memory
 *	/tmp       a scratch directory on disk
 *
 * Name resolution: /run/systemd/resolve/stub-resolv.conf holds the machine's resolv.conf,
 *so a tree whose /etc/resolv.conf is a link to it (systemd-resolved's) has names at build
 *time and keeps no trace of the machine.
 */
#pragma once

#include <stdbool.h>

#include "base/error.h"
#include "base/progress.h"
#include "base/strv.h"

/* Where, beneath the tree's root, the build keeps what only it shall see. In memory. */
#define CHROOT_PRIVATE_DIR "run/amiwright"

struct chroot;

/* Mount. `scratch_dir` exists, is empty and becomes /tmp. */
int chroot_new(const char *root, const char *scratch_dir, struct progress *p,
	struct chroot **ret, struct error *err);

/* Show `from` (a file or directory of the machine) at `at`, which exists, until the end.
 */
int chroot_bind(struct chroot *c, const char *from, const char *at, struct error *err);

/*
 * Put an executable file into the private directory, under the base name `name`; its path
 * as programs in the tree see it is the caller's to free.
 */
int chroot_put(struct chroot *c, const char *name, const char *bytes, size_t length_bytes,
	char **ret_path, struct error *err);

/* Further variables ("NAME=value") of the fixed environment that programs get. */
void chroot_set_env(struct chroot *c, const char *variable);

struct chroot_command {
	const char *const *argv; /* argv[0] is absolute, in the tree */
	const char *const *env; /* added to the fixed environment; may be NULL */
	const char *input; /* what it reads; may be NULL */
};

/*
 * Run to the end: output goes to the progress, syncs are free. Whatever it leaves running
 * is killed, whether it did well or not. ERR_SPACE when it says that the disk is full.
 */
int chroot_run(struct chroot *c, const struct chroot_command *command, struct error *err);

/* The same, and its stdout is the caller's to free. */
int chroot_capture(struct chroot *c, const struct chroot_command *command, char **ret_out,
	struct error *err);

/* Unmount everything. Without it, chroot_free() does, and says nothing of failures. */
int chroot_unmount(struct chroot *c, struct error *err);
struct chroot *chroot_free(struct chroot *c);
static inline void chroot_freep(struct chroot **c)
{
	*c = chroot_free(*c);
}
