/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Listing all files of a file system of anyone's making: whatever its directories say,
 * each is read once, and what the list may hold is bounded.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/filetree.h"

struct fs_walk;

/* What a reader knows of its inodes. `fs` is the reader. */
struct fs_walk_ops {
	/* All of the node but its path. */
	int (*read_inode)(
		void *fs, uint64_t ino, struct filetree_node *n, struct error *err);
	/* fs_walk_add() for every name in a directory, but neither "." nor "..". */
	int (*read_directory)(
		void *fs, uint64_t ino, struct fs_walk *w, struct error *err);
};

/* A name of the directory that is being read; any bytes, which need no NUL. */
int fs_walk_add(struct fs_walk *w, const char *name, size_t name_bytes, uint64_t ino,
	struct error *err);

/* The files from directory `root` on, sealed; `name` is the disk's, for messages. */
int fs_walk_list(const struct fs_walk_ops *ops, void *fs, const char *name, uint64_t root,
	struct filetree **ret, struct error *err);
