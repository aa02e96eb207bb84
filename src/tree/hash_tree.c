/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree/hash_tree.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/workers.h"

/* Hashing is bound by the processors, and small files by opening them. */
enum { HELPERS = 3 };

struct hashing {
	const struct filetree *tree;
	tree_digest *digests;
	int to_fd; /* where the contents go; -1: nowhere */
	const uint64_t *to_offsets; /* by node */
	atomic_size_t next; /* node */
	atomic_bool failed;
	pthread_mutex_t lock;
	struct error error; /* the first one */
};

static int hash_node(struct hashing *h, uint32_t index, struct error *err)
{
	const struct filetree_node *n = filetree_node(h->tree, index);
	CLEANUP(fd_closep) int fd = -1;

	if (!S_ISREG(n->mode) || n->hard_link_of != FILETREE_NO_NODE)
		return 0;
	if (filetree_open_content(h->tree, index, &fd, err) < 0)
		return -1;
	return hash_fd_copy(fd, n->path, n->content_offset_bytes, n->size_bytes, h->to_fd,
		h->to_offsets ? h->to_offsets[index] : 0, h->digests[index], err);
}

static void fail(struct hashing *h, const struct error *err)
{
	(void)pthread_mutex_lock(&h->lock);
	if (!atomic_load(&h->failed))
		h->error = *err;
	atomic_store(&h->failed, true);
	(void)pthread_mutex_unlock(&h->lock);
}

/* Take nodes until none is left. */
static void *work(void *hashing)
{
	struct hashing *h = hashing;
	const size_t count = filetree_count(h->tree);
	struct error err = ERROR_INIT;
	size_t index;

	while (!atomic_load(&h->failed) &&
		(index = atomic_fetch_add(&h->next, 1)) < count)
		if (hash_node(h, (uint32_t)index, &err) < 0)
			fail(h, &err);
	return NULL;
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

int hash_tree_copy(const struct filetree *tree, int to_fd, const uint64_t *to_offsets,
	tree_digest **ret, struct error *err)
{
	CLEANUP(freep)
	tree_digest *digests = xcalloc(filetree_count(tree), sizeof(*digests));
	struct hashing h = {
		.tree = tree,
		.digests = digests,
		.to_fd = to_fd,
		.to_offsets = to_offsets,
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.error = ERROR_INIT,
	};

	workers_run(HELPERS, work, &h);
	if (atomic_load(&h.failed)) {
		*err = h.error;
		return error_context(err, "hash the tree's files");
	}
	copy_to_links(tree, digests);
	*ret = TAKE_PTR(digests);
	return 0;
}

int hash_tree(const struct filetree *tree, tree_digest **ret, struct error *err)
{
	return hash_tree_copy(tree, -1, NULL, ret, err);
}
