/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree/hash_tree.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/workers.h"

/* Hashing is bound by the processors, and small files by opening them. */
enum { HELPERS = 3 };

enum { COPY_BYTES = 1 << 18 };

struct hashing {
	const struct filetree *tree;
	struct digest_memo *memo; /* or NULL */
	tree_digest *digests;
	int to_fd; /* where the contents go; -1: nowhere */
	const uint64_t *to_offsets; /* by node */
};

static int copy(int from, const struct filetree_node *n, int to, uint64_t to_offset_bytes,
	struct error *err)
{
	CLEANUP(freep) char *piece = xmalloc_pages(COPY_BYTES);
	uint64_t at_bytes = 0;
	size_t got;

	while (at_bytes < n->size_bytes) {
		if (fd_pread(from, piece, COPY_BYTES, at_bytes, &got, n->path, err) < 0)
			return -1;
		if (!got)
			return error_set(err, ERR_FORMAT, 0,
				"'/%s' changed while it was read", n->path);
		if (fd_pwrite_all(
			    to, piece, got, to_offset_bytes + at_bytes, n->path, err) < 0)
			return -1;
		at_bytes += got;
	}
	return 0;
}

static int hash_node(void *hashing, size_t number, struct error *err)
{
	struct hashing *h = hashing;
	const uint32_t index = (uint32_t)number;
	const struct filetree_node *n = filetree_node(h->tree, index);
	const uint64_t to_offset =
		h->to_fd < 0 ? HASH_TREE_NOT_COPIED : h->to_offsets[index];
	const int to_fd = to_offset == HASH_TREE_NOT_COPIED ? -1 : h->to_fd;
	CLEANUP(fd_closep) int fd = -1;
	struct stat st;

	if (!S_ISREG(n->mode) || n->hard_link_of != FILETREE_NO_NODE)
		return 0;
	if (filetree_open_content(h->tree, index, &fd, err) < 0)
		return -1;
	if (fstat(fd, &st) < 0)
		return error_errno(err, "stat '/%s' of the tree", n->path);
	if (h->memo && digest_memo_find(h->memo, &st, h->digests[index]))
		return to_fd < 0 ? 0 : copy(fd, n, to_fd, to_offset, err);
	if (hash_fd_copy(fd, n->path, n->content_offset_bytes, n->size_bytes, to_fd,
		    to_offset, h->digests[index], err) < 0)
		return -1;
	if (h->memo)
		digest_memo_put(h->memo, &st, h->digests[index]);
	return 0;
}

/* Other names of a file have its digest. */
static void copy_to_links(const struct filetree *tree, tree_digest *digests)
{
	for (uint32_t i = 0; i < filetree_count(tree); i++) {
		const struct filetree_node *n = filetree_node(tree, i);

		if (n->hard_link_of != FILETREE_NO_NODE)
			memcpy(digests[i], digests[n->hard_link_of], sizeof(digests[i]));
	}
}

int hash_tree_copy(const struct filetree *tree, struct digest_memo *memo, int to_fd,
	const uint64_t *to_offsets, tree_digest **ret, struct error *err)
{
	CLEANUP(freep)
	tree_digest *digests = xcalloc(filetree_count(tree), sizeof(*digests));
	struct hashing h = {
		.tree = tree,
		.memo = memo,
		.digests = digests,
		.to_fd = to_fd,
		.to_offsets = to_offsets,
	};

	if (workers_each(HELPERS, filetree_count(tree), hash_node, &h, err) < 0)
		return error_context(err, "hash the tree's files");
	copy_to_links(tree, digests);
	if (memo)
		digest_memo_settle(memo);
	*ret = TAKE_PTR(digests);
	return 0;
}

int hash_tree(const struct filetree *tree, struct digest_memo *memo, tree_digest **ret,
	struct error *err)
{
	return hash_tree_copy(tree, memo, -1, NULL, ret, err);
}
