/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk/stretches.h"

#include <errno.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/size.h"
#include "base/term.h"
#include "disk/zero.h"

enum { CHUNK_BYTES = 256 * STRETCH_BLOCK_BYTES };

struct scan {
	struct stretches *to;
	const struct filetree_node *node;
	size_t first_stretch; /* in `to`; those before are another file's */
	int fd;
};

void stretches_add(struct stretches *s, uint64_t first_block, uint64_t block_count)
{
	array_reserve_one((void **)&s->items, s->count, &s->room, sizeof(*s->items));
	s->items[s->count++] = (struct stretch){ first_block, block_count };
}

static void add_block(struct scan *s, uint64_t block)
{
	struct stretches *to = s->to;
	struct stretch *last =
		to->count > s->first_stretch ? &to->items[to->count - 1] : NULL;

	if (last && last->first_block + last->block_count == block)
		last->block_count++;
	else
		stretches_add(to, block, 1);
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

static int scan_chunk(struct scan *s, uint64_t at, uint8_t *chunk, struct error *err)
{
	const struct filetree_node *n = s->node;
	const uint64_t left = n->size_bytes - at;
	const size_t length = left < CHUNK_BYTES ? (size_t)left : CHUNK_BYTES;
	size_t got;

	if (fd_pread(s->fd, chunk, length, n->content_offset_bytes + at, &got, n->path,
		    err) < 0)
		return -1;
	if (got < length)
		return error_set(
			err, ERR_FORMAT, 0, "'/%s' changed while it was read", n->path);
	for (size_t i = 0; i < length; i += STRETCH_BLOCK_BYTES) {
		const size_t rest = length - i;

		if (!bytes_are_zero(chunk + i,
			    rest < STRETCH_BLOCK_BYTES ? rest : STRETCH_BLOCK_BYTES))
			add_block(s, (at + i) / STRETCH_BLOCK_BYTES);
	}
	return 0;
}

static int scan_file(
	const struct filetree *t, uint32_t node, struct stretches *to, struct error *err)
{
	CLEANUP(freep) uint8_t *chunk = xmalloc(CHUNK_BYTES);
	CLEANUP(fd_closep) int fd = -1;
	struct scan s = {
		.to = to,
		.node = filetree_node(t, node),
		.first_stretch = to->count,
	};

	if (filetree_open_content(t, node, &fd, err) < 0)
		return -1;
	s.fd = fd;
	for (uint64_t at = 0; (at = skip_hole(&s, at)) < s.node->size_bytes;
		at += CHUNK_BYTES) {
		if (term_check(err) < 0 || scan_chunk(&s, at, chunk, err) < 0)
			return -1;
	}
	return 0;
}

int stretches_of_file(
	const struct filetree *t, uint32_t node, struct stretches *to, struct error *err)
{
	const struct filetree_node *n = filetree_node(t, node);

	if (n->size_bytes == 0)
		return 0;
	if (n->sparse)
		return scan_file(t, node, to, err);
	stretches_add(to, 0,
		round_up(n->size_bytes, STRETCH_BLOCK_BYTES) / STRETCH_BLOCK_BYTES);
	return 0;
}
