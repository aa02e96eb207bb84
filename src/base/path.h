/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Paths and directories. Strings returned are freed by the caller.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"

/*
 * "a/b": exactly one slash between the two; an absolute `name` is appended all the same.
 * An empty `dir` gives `name` as a relative path.
 */
char *path_join(const char *dir, const char *name);

/* `path` itself when absolute, else relative to `dir`. */
char *path_relative_to(const char *dir, const char *path);

/* The directory that holds `path` ("." when it has no slash); its last component. */
char *path_dirname(const char *path);
const char *path_basename(const char *path);

/* mkdir -p. An existing directory is fine. */
int path_make_dirs(const char *path, mode_t mode, struct error *err);

/* fsync of the directory that holds `path`: then the file has its name for good. */
int path_sync_directory_of(const char *path, struct error *err);

/* Whether `path` is a name of what is open as `fd`. */
bool path_is_of(const char *path, int fd);

/* Whether both are names of one file. */
bool path_is_same(const char *a, const char *b);

bool path_exists(const char *path); /* symbolic links are not followed */

/*
 * Open `path` with the directory `root_fd` as "/": neither "..", nor absolute symbolic
 * links, nor /proc magic links lead out of it. Needs Linux 5.6 (openat2,
 * RESOLVE_IN_ROOT).
 */
int path_open_in_root(int root_fd, const char *path, int flags, mode_t mode, int *ret_fd,
	struct error *err);

/* Open the file that stands at `path` itself: no symbolic link on the way is followed. */
int path_open_beneath(
	int root_fd, const char *path, int flags, int *ret_fd, struct error *err);

/* Where a tool is in PATH or the sbin directories (which an ordinary user's PATH lacks);
 * NULL: nowhere. */
char *path_find_tool(const char *name);

/*
 * The user's directories, by the XDG base directory specification 0.8: created when
 * missing.
 * "$XDG_CACHE_HOME/amiwright/<name>" or "~/.cache/amiwright/<name>".
 */
int path_cache_dir(const char *name, char **ret_path, struct error *err);

/* "$XDG_STATE_HOME/amiwright/<name>" or "~/.local/state/amiwright/<name>", for the user's
 * eyes only. */
int path_state_dir(const char *name, char **ret_path, struct error *err);
