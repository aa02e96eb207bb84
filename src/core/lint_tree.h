/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A tree to look at: a list of files (base/filetree.h), and their contents, wherever
 * these stand: in a directory, or in a file system on a disk that is not mounted.
 *
 * Life: one of the lint_tree_from_*(), read-only, lint_tree_free(). One thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/filetree.h"
#include "disk/fs_probe.h"

struct lint_tree;

/* Files of a tree that is there already, and stays the caller's. */
struct lint_tree *lint_tree_from_files(const struct filetree *files);

int lint_tree_from_directory(const char *path, struct lint_tree **ret, struct error *err);

/* A file system (FS_EXT, FS_XFS or FS_FAT) in that part of the disk, whose source stays
 * the caller's. */
int lint_tree_from_disk(const struct disk_source *disk, const char *name,
	enum fs_kind kind, uint64_t offset_bytes, uint64_t size_bytes,
	struct lint_tree **ret, struct error *err);

struct lint_tree *lint_tree_free(struct lint_tree *t);
static inline void lint_tree_freep(struct lint_tree **t)
{
	*t = lint_tree_free(*t);
}

const struct filetree *lint_tree_files(const struct lint_tree *t);

/* False for a file system whose journal, or log, was not replayed. */
bool lint_tree_is_clean(const struct lint_tree *t);

/*
 * The node that `path` ("etc/fstab") leads to, symbolic links followed inside the tree;
 * FILETREE_NO_NODE when there is none, or links go round in circles.
 */
uint32_t lint_tree_find(const struct lint_tree *t, const char *path);

/* The index after the last node beneath directory `dir`; dir + 1 is the first. */
uint32_t lint_tree_end(const struct lint_tree *t, uint32_t dir);

/*
 * The first bytes of a regular file, at most `most_bytes`. *ret_data is NUL-terminated
 * and freed by the caller.
 */
int lint_tree_read(const struct lint_tree *t, uint32_t index, size_t most_bytes,
	char **ret_data, size_t *ret_length_bytes, struct error *err);
