/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SHA-256 of every regular file of a tree, in hexadecimal, one a node ("" for what is
 * none); an array that the caller frees. Several threads read.
 */
#pragma once

#include <stdint.h>

#include "base/error.h"
#include "base/filetree.h"
#include "tree/hash.h"

typedef char tree_digest[SHA256_HEX_CHARS + 1];

int hash_tree(const struct filetree *tree, tree_digest **ret, struct error *err);

/* The same, and what is read of each goes to `to_fd`, at its node's offset there. */
int hash_tree_copy(const struct filetree *tree, int to_fd, const uint64_t *to_offsets,
	tree_digest **ret, struct error *err);
