/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Debian binary packages (deb(5)): an ar archive that holds control.tar and data.tar,
 * compressed in one of several ways. One is read in one go, away from any tree: the
 * content of its files goes into a directory for that purpose (the stage), what else
 * there is to know into memory. Its files can then be put into a tree by renaming them.
 */
#pragma once

#include <stdatomic.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "tree/place.h"

/* A file of data.tar. */
struct deb_entry {
	char *path; /* from the root: "usr/bin/x"; "" is the root itself */
	mode_t type; /* S_IFREG, S_IFDIR, S_IFLNK, S_IFIFO, S_IFCHR, S_IFBLK; 0: hard link
		      */
	char *target; /* a symbolic link's text; a hard link's is a path like `path` */
	dev_t device;
	struct place_meta meta;
	unsigned int number; /* S_IFREG: its name on the stage */
};

/* A file of control.tar: "control", "postinst", "md5sums" … */
struct deb_member {
	char *name;
	char *bytes; /* a NUL follows them */
	size_t length_bytes;
	mode_t mode;
	int64_t mtime_s;
};

/* By value: DEB_INIT, deb_read(), deb_release(). */
struct deb {
	struct deb_entry *entries; /* as data.tar has them */
	size_t entry_count, entry_room;
	struct deb_member *members;
	size_t member_count, member_room;
};

#define DEB_INIT  \
	{         \
		0 \
	}

enum { DEB_CONTROL_MOST_BYTES = 64 << 20 }; /* of all members together */

/*
 * Read the package `file`; its regular files go into the directory `stage_fd`, which has
 * to be empty. No entry leads out of the tree. ERR_FORMAT with the file's name when it is
 * not a whole package; ERR_INTERRUPTED soon after *stop (may be NULL) has become true.
 */
int deb_read(const char *file, int stage_fd, const atomic_bool *stop, struct deb *ret,
	struct error *err);
void deb_release(struct deb *d);
static inline void deb_releasep(struct deb *d)
{
	deb_release(d);
}

const struct deb_member *deb_member(const struct deb *d, const char *name); /* or NULL */

/*
 * Put an entry, whatever its own path is, at `path` into the tree; a regular file leaves
 * the stage, on the same file system. The root itself is left as it is.
 */
int deb_place(const struct deb_entry *e, int stage_fd, const char *path, struct place *p,
	struct error *err);
