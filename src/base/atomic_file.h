/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file that appears under its name only when it is whole. Until atomic_file_commit() it
 * has no name at all (O_TMPFILE), so that nothing is left whatever happens to the
 * program; where the file system lacks that, it is a hidden ".<name>.XXXXXX.part" beside
 * the target.
 *
 * A target that exists is replaced in one step; its permission bits are not kept, and of
 * a symbolic link the link is replaced. Between the two names of such a replacement, a
 * moment, kill -9 leaves the hidden one.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"

struct atomic_file;

int atomic_file_create(
	const char *path, mode_t mode, struct atomic_file **ret, struct error *err);
int atomic_file_fd(const struct atomic_file *f); /* read-write, the file's own */

/* fsync, then the name, then fsync of the directory. `path` NULL: the one it was made
 * for. */
int atomic_file_commit(struct atomic_file *f, const char *path, struct error *err);

/* Only the name: for what is looked at closely before it is believed, and can be made
 * again. After a power failure its content may be missing. */
int atomic_file_commit_unsynced(struct atomic_file *f, struct error *err);

/* Without a commit, the file is gone. NULL is fine. */
struct atomic_file *atomic_file_free(struct atomic_file *f);
static inline void atomic_file_freep(struct atomic_file **f)
{
	*f = atomic_file_free(*f);
}

/* Whether an entry of a directory is such a hidden file. */
bool atomic_file_is_unfinished(const char *name);
