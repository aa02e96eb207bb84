/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files, as a program of root's has to handle them where others may write too:
 * directories are walked one component at a time and no symbolic link is followed,
 * neither on the way nor at the end; files are replaced whole, so that a reader, or the
 * next boot after a power cut, finds the old or the new one.
 *
 * Results are >= 0 or -errno: -ELOOP for a symbolic link, -EMSGSIZE for what has no room.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { FILE_PATH_MOST_BYTES = 256 }; /* of the paths that are configured */

/* The directory at absolute `path`; missing ones are made with `make_mode` unless it is
 * 0. */
int file_open_directory(const char *path, unsigned int make_mode);

/* The directory that holds `path`, and the name there, which points into `path`. */
int file_open_parent(const char *path, int *ret_dir, const char **ret_name);

/*
 * The whole of regular file `name` and a terminator; returns its length. `dir` is a
 * directory's descriptor; `name` has no slash.
 */
long file_read(int dir, const char *name, char *to, size_t room_bytes);
/* The same for a path that nobody but root can have made: /proc, /sys, /etc. */
long file_read_path(const char *path, char *to, size_t room_bytes);

struct file_owner {
	unsigned int uid;
	unsigned int gid;
};

/*
 * Write a temporary file beside, sync it, give it the name, sync the directory. The
 * second form leaves out the syncs: after a power cut the file may be the old one, or
 * empty.
 */
int file_replace(int dir, const char *name, const void *data, size_t length,
	unsigned int mode, struct file_owner owner);
int file_replace_unsynced(int dir, const char *name, const void *data, size_t length,
	unsigned int mode, struct file_owner owner);
int file_replace_path(
	const char *path, const void *data, size_t length, unsigned int mode);

bool file_exists(int dir, const char *name);
