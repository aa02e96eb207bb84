/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a tree is made. That is mostly the making of small files, which some file systems
 * on disk are slow at; and what is in memory needs nobody to remove it. So a tree is made
 * in memory where half of what is free is said to hold it, else on the disk that the
 * directory is on.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct tree_room {
	const char *dir; /* exists and is empty; what is in it is of one file system */
	bool on_disk; /* whatever memory there is */
	bool in_memory; /* set by tree_room_open() */
};

/*
 * For a tree of `needed_bytes`, when `free_bytes` of memory can be used
 * (memory_available_bytes()). More than half of those are never taken: then the room is
 * full, as a disk is. Works only inside the sandbox, whose end frees the memory at the
 * latest.
 */
int tree_room_open(struct tree_room *r, uint64_t needed_bytes, uint64_t free_bytes,
	struct error *err);

/* What was in it is gone. */
int tree_room_close(struct tree_room *r, struct error *err);
