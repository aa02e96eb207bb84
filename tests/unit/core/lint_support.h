/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Trees for the tests of lint, from lines of a table: no file is made on the disk, so
 * that owners, modes and attributes can be what no test may set on real ones.
 */
#pragma once

#include <stddef.h>
#include <sys/types.h>

#include "core/lint.h"

/* A file; a directory above it is made when the table has none of that name. */
struct lint_file {
	const char *path; /* NULL ends a table */
	const char *text; /* of a regular file; NULL: empty */
	mode_t mode; /* 0: a regular file of mode 0644 */
	const char *target; /* of a symbolic link */
	const char *xattr; /* the name of an extended attribute */
	const char *initramfs; /* the content is an initramfs with these lines, each
				  "path" or "path=content" */
	const char *cmdline; /* the content is a unified kernel image with this command
				line, and with the initramfs, if there is one */
};

/* The caller frees both, the tree first. */
struct lint_tree *lint_tree_of(
	const struct lint_file *files, struct filetree **ret_files);

/* A cpio archive (newc) with such lines; the caller frees. */
char *newc_of(const char *lines, size_t *ret_length);

/* A unified kernel image; `initramfs` is as for newc_of(), or NULL. The caller frees. */
char *uki_of(const char *cmdline, const char *initramfs, size_t *ret_length);
