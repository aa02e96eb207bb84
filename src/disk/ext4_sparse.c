/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk/ext4_plan.h"

#include <errno.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/term.h"
#include "disk/zero.h"

enum { CHUNK_BYTES = 256 * EXT4_BLOCK_BYTES };

struct scan {
	struct ext4_plan *plan;
	const struct filetree_node *node;
	size_t first_stretch;
	int fd;
};

static void add_block(struct scan *s, uint64_t block)
{
	struct ext4_plan *p = s->plan;
	struct ext4_stretch *last = p->stretch_count > s->first_stretch
					    ? &p->stretches[p->stretch_count - 1]
					    : NULL;

	if (last && last->first_block + last->block_count == block) {
		last->block_count++;
		return;
	}
	array_reserve_one((void **)&p->stretches, p->stretch_count, &p->stretch_room,
		sizeof(*p->stretches));
	p->stretches[p->stretch_count++] = (struct ext4_stretch){ block, 1 };
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
	return next - next % EXT4_BLOCK_BYTES;
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
	for (size_t i = 0; i < length; i += EXT4_BLOCK_BYTES) {
		const size_t rest = length - i;

		if (!bytes_are_zero(
			    chunk + i, rest < EXT4_BLOCK_BYTES ? rest : EXT4_BLOCK_BYTES))
			add_block(s, (at + i) / EXT4_BLOCK_BYTES);
	}
	return 0;
}

int ext4_find_stretches(struct ext4_plan *p, uint32_t node, struct error *err)
{
	CLEANUP(freep) uint8_t *chunk = xmalloc(CHUNK_BYTES);
	CLEANUP(fd_closep) int fd = -1;
	struct scan s = {
		.plan = p,
		.node = filetree_node(p->tree, node),
		.first_stretch = p->stretch_count,
	};

	if (filetree_open_content(p->tree, node, &fd, err) < 0)
		return -1;
	s.fd = fd;
	for (uint64_t at = 0; (at = skip_hole(&s, at)) < s.node->size_bytes;
		at += CHUNK_BYTES) {
		if (term_check(err) < 0 || scan_chunk(&s, at, chunk, err) < 0)
			return -1;
	}
	return 0;
}
