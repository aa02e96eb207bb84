/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Putting files into a tree, by path relative to its root. Directories that are symbolic
 * links in the tree are followed, with the tree's root as "/": so "bin/sh" stands in
 * usr/bin where /bin is a link to it, and nothing is ever written outside of the tree.
 *
 * What stands where a file is put is replaced, directories excepted: a directory stays,
 * with its owner and mode, and is an error where something else than a directory is put.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"

/* By value: place_init(), place_release(). `root_fd` stays the caller's. */
struct place {
	int root_fd;
	char *dir; /* the directory last used, … */
	int dir_fd; /* … and open */
};

/* How a thing put is to look. */
struct place_meta {
	mode_t mode; /* permission bits */
	uid_t uid;
	gid_t gid;
	int64_t mtime_s;
};

void place_init(struct place *p, int root_fd);
void place_release(struct place *p);
static inline void place_releasep(struct place *p)
{
	place_release(p);
}

/*
 * Does something stand at `path` that a file of `type` (S_IFREG …) put there would
 * replace, or fail on? A directory does not clash with a directory, or with a link to
 * one.
 */
bool place_clashes(struct place *p, const char *path, mode_t type);

/* *ret_made (may be NULL): false when a directory was there already. */
int place_directory(struct place *p, const char *path, const struct place_meta *meta,
	bool *ret_made, struct error *err);
int place_symlink(struct place *p, const char *path, const char *target,
	const struct place_meta *meta, struct error *err);

/* `target` is a path in the tree. */
int place_hard_link(
	struct place *p, const char *path, const char *target, struct error *err);

/* An empty file, open for writing; then place_finish() when it is written. */
int place_file(struct place *p, const char *path, int *ret_fd, struct error *err);
int place_finish(
	int fd, const char *path, const struct place_meta *meta, struct error *err);

/* A finished file from elsewhere on the same file system: `name` in `from_fd`. */
int place_renamed(struct place *p, const char *path, int from_fd, const char *name,
	struct error *err);

/* A copy of `from`, a regular file of at most PLACE_COPY_MOST_BYTES in the tree. */
enum { PLACE_COPY_MOST_BYTES = 64 << 20 };
int place_copy(struct place *p, const char *path, const char *from,
	const struct place_meta *meta, struct error *err);

/* Device nodes and FIFOs; `type` is S_IFIFO, S_IFCHR, S_IFBLK. */
int place_node(struct place *p, const char *path, mode_t type, dev_t device,
	const struct place_meta *meta, struct error *err);

/* Set a directory's time, when nothing more is put into it. */
int place_directory_time(
	struct place *p, const char *path, int64_t mtime_s, struct error *err);
