/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ext4 file systems of a test's tree, and what e2fsprogs says of them.
 */
#pragma once

#include "disk/ext4.h"
#include "support.h"

struct ext4_spec ext4_spec_for(const struct scratch *s);

/* The file system as a file, which e2fsck has found clean. */
char *ext4_make_checked(struct scratch *s, const struct ext4_spec *spec);

/* The output of debugfs commands, one a line. */
char *ext4_debugfs(const struct scratch *s, const char *image, const char *commands);
/* The part of it that follows the echo of `command`. */
char *ext4_output_of(const char *text, const char *command);

/* A new file of the tree, all hole yet. */
int tree_open_sparse(struct scratch *s, const char *name, uint64_t size_bytes);
