/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk/stretches.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/size.h"
#include "base/term.h"
#include "base/workers.h"
#include "disk/zero.h"

enum { CHUNK_BYTES = 64 * STRETCH_BLOCK_BYTES };

/* As many as hash it (tree/hash_tree.c): bound by processors and by opening files. */
enum { HELPERS = 3 };

/* A file being read. */
struct scan {
	struct stretches *to;
	const struct filetree_node *node;
	int fd;
	uint8_t *chunk; /* CHUNK_BYTES */
};

struct tree_stretches {
	const struct filetree *tree;
	struct stretches *of; /* by node */
};

void stretches_add(struct stretches *s, uint64_t first_block, uint64_t block_count)
{
	array_reserve_one((void **)&s->items, s->count, &s->room, sizeof(*s->items));
	s->items[s->count++] = (struct stretch){ first_block, block_count };
}

static bool is_hole(const struct scan *s, uint64_t blocks)
{
	return blocks > 0 && (s->node->sparse || blocks <= HOLE_MOST_BLOCKS);
}

/* Up to `end`, after zeros that began where the last stretch ends. */
static void add_data(struct scan *s, uint64_t first, uint64_t end)
{
	struct stretches *to = s->to;
	struct stretch *last = to->count ? &to->items[to->count - 1] : NULL;
	const uint64_t zeros_from = last ? last->first_block + last->block_count : 0;

	if (is_hole(s, first - zeros_from)) {
		if (end > first)
			stretches_add(to, first, end - first);
	} else if (last) {
		last->block_count = end - last->first_block;
	} else if (end > 0) {
		stretches_add(to, 0, end);
	}
}

/* The first block at or after `at` that the source does not know to be a hole. Only saves
 * the reading of zeros: without an answer, everything is read. */
static uint64_t skip_hole(const struct scan *s, uint64_t at)
{
	const uint64_t base = s->node->content_offset_bytes;
	const off_t data = lseek(s->fd, (off_t)(base + at), SEEK_DATA);
	uint64_t next;

	if (data < 0 && errno == ENXIO)
		return s->node->size_bytes; /* a hole up to the end */
	if (data < 0 || (uint64_t)data <= base + at)
		return at;
	next = (uint64_t)data - base;
	if (next > s->node->size_bytes)
		return s->node->size_bytes;
	return next - next % STRETCH_BLOCK_BYTES;
}

static int scan_chunk(struct scan *s, uint64_t at, struct error *err)
{
	const struct filetree_node *n = s->node;
	const uint64_t left = n->size_bytes - at;
	const size_t length = left < CHUNK_BYTES ? (size_t)left : CHUNK_BYTES;
	size_t got;

	if (fd_pread(s->fd, s->chunk, length, n->content_offset_bytes + at, &got, n->path,
		    err) < 0)
		return -1;
	if (got < length)
		return error_set(
			err, ERR_FORMAT, 0, "'/%s' changed while it was read", n->path);
	for (size_t i = 0; i < length; i += STRETCH_BLOCK_BYTES) {
		const size_t rest = length - i;
		const uint64_t block = (at + i) / STRETCH_BLOCK_BYTES;

		if (!bytes_are_zero(s->chunk + i,
			    rest < STRETCH_BLOCK_BYTES ? rest : STRETCH_BLOCK_BYTES))
			add_data(s, block, block + 1);
	}
	return 0;
}

/* By the stretch behind it; of equal ones the first. */
static void mark_largest_gaps(const struct stretches *s, bool *stays, size_t most)
{
	for (size_t n = 0; n < most; n++) {
		size_t best = 0;
		uint64_t best_blocks = 0;

		for (size_t i = 1; i < s->count; i++) {
			const struct stretch *before = &s->items[i - 1];
			const uint64_t blocks = s->items[i].first_block -
						before->first_block - before->block_count;

			if (!stays[i] && blocks > best_blocks) {
				best = i;
				best_blocks = blocks;
			}
		}
		if (best)
			stays[best] = true;
	}
}

/* Of a dense file, so that its inode has room for all extents: a tree of them costs a
 * block, and one that moves when others come and go. */
static void keep_few_holes(struct stretches *s)
{
	CLEANUP(freep) bool *stays = xcalloc(s->count + 1, sizeof(*stays));
	size_t kept = 0;

	if (s->count <= DENSE_STRETCHES_MOST)
		return;
	mark_largest_gaps(s, stays, DENSE_STRETCHES_MOST - 1);
	for (size_t i = 1; i < s->count; i++) {
		struct stretch *last = &s->items[kept];

		if (stays[i])
			s->items[++kept] = s->items[i];
		else
			last->block_count = s->items[i].first_block +
					    s->items[i].block_count - last->first_block;
	}
	s->count = kept + 1;
}

static int scan_file(struct tree_stretches *all, uint32_t node, struct error *err)
{
	const struct filetree_node *n = filetree_node(all->tree, node);
	CLEANUP(freep) uint8_t *chunk = xmalloc_pages(CHUNK_BYTES);
	const uint64_t blocks =
		round_up(n->size_bytes, STRETCH_BLOCK_BYTES) / STRETCH_BLOCK_BYTES;
	struct scan s = { .to = &all->of[node], .node = n, .chunk = chunk };
	CLEANUP(fd_closep) int fd = -1;

	if (filetree_open_content(all->tree, node, &fd, err) < 0)
		return -1;
	s.fd = fd;
	for (uint64_t at = 0; (at = skip_hole(&s, at)) < n->size_bytes; at += CHUNK_BYTES)
		if (term_check(err) < 0 || scan_chunk(&s, at, err) < 0)
			return -1;
	add_data(&s, blocks, blocks);
	if (!n->sparse)
		keep_few_holes(s.to);
	return 0;
}

static int scan_node(void *stretches, size_t node, struct error *err)
{
	struct tree_stretches *s = stretches;
	const struct filetree_node *n = filetree_node(s->tree, (uint32_t)node);

	if (!S_ISREG(n->mode) || n->hard_link_of != FILETREE_NO_NODE || !n->size_bytes)
		return 0;
	return scan_file(s, (uint32_t)node, err);
}

int tree_stretches_read(
	const struct filetree *t, struct tree_stretches **ret, struct error *err)
{
	CLEANUP(tree_stretches_freep) struct tree_stretches *s = xcalloc(1, sizeof(*s));

	s->tree = t;
	s->of = xcalloc(filetree_count(t), sizeof(*s->of));
	if (workers_each(HELPERS, filetree_count(t), scan_node, s, err) < 0)
		return -1;
	*ret = TAKE_PTR(s);
	return 0;
}

struct tree_stretches *tree_stretches_free(struct tree_stretches *s)
{
	if (!s)
		return NULL;
	for (size_t i = 0; i < filetree_count(s->tree); i++)
		stretches_release(&s->of[i]);
	free(s->of);
	free(s);
	return NULL;
}

void tree_stretches_add(
	const struct tree_stretches *s, uint32_t node, struct stretches *to)
{
	const struct stretches *of = &s->of[node];

	for (size_t i = 0; i < of->count; i++)
		stretches_add(to, of->items[i].first_block, of->items[i].block_count);
}
