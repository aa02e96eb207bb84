/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SHA-256 of every regular file of a tree, in hexadecimal, one a node ("" for what is
 * none); an array that the caller frees. Several threads read.
 */
#pragma once

#include <stdint.h>

#include "base/error.h"
#include "base/filetree.h"
#include "tree/digest_memo.h"
#include "tree/hash.h"

typedef char tree_digest[SHA256_HEX_CHARS + 1];

/* `memo`, for trees of a directory alone, is asked first and told afterwards; or NULL. */
int hash_tree(const struct filetree *tree, struct digest_memo *memo, tree_digest **ret,
	struct error *err);

/* The same, and the content of each goes to `to_fd`, at its node's offset there; but for
 * those whose offset is this. */
#define HASH_TREE_NOT_COPIED UINT64_MAX
int hash_tree_copy(const struct filetree *tree, struct digest_memo *memo, int to_fd,
	const uint64_t *to_offsets, tree_digest **ret, struct error *err);
