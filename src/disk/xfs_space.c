/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk/xfs_space.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/size.h"
#include "disk/xfs.h"
#include "disk/xfs_btree.h"

enum {
	/*
	 * Groups never change their size, and a grown file system has as many more of
	 * them: few of a small one, so that it does not end with hundreds.
	 */
	FEW_AGS = 2,
	USUAL_AGS = 4,
	/* Of each group, the kernel wants a part for trees that may grow: for shared
	 * blocks one in 168, for free inodes one in 1000. */
	KEPT_PART = 64,
	POOL_BLOCKS = 8192, /* set aside for emergencies, a twentieth at most */
	POOL_PART = 20,
};

#define LEAST_BLOCKS (XFS_LEAST_BYTES / XFS_BLOCK_BYTES)
#define USUAL_BYTES (4 * GIB) /* from here on, four groups */
#define AG_MOST_BLOCKS ((UINT64_C(1) << 40) / XFS_BLOCK_BYTES - 1)

static uint8_t log2_round_up(uint64_t n)
{
	uint8_t log = 0;

	while ((UINT64_C(1) << log) < n)
		log++;
	return log;
}

static void part_into_ags(struct xfs_space *s)
{
	const uint64_t usual =
		s->blocks < USUAL_BYTES / XFS_BLOCK_BYTES ? FEW_AGS : USUAL_AGS;
	const uint64_t least = xfs_quotient_up(s->blocks, AG_MOST_BLOCKS);

	s->ag_count = (uint32_t)(usual > least ? usual : least);
	s->ag_blocks = (uint32_t)xfs_quotient_up(s->blocks, s->ag_count);
	s->ag_block_log = log2_round_up(s->ag_blocks);
	s->log_ag = s->ag_count / 2;
	s->ags = xcalloc(s->ag_count, sizeof(*s->ags));
	for (uint32_t i = 0; i < s->ag_count; i++) {
		struct xfs_ag *ag = &s->ags[i];
		const uint64_t left = s->blocks - xfs_space_block(s, i, 0);

		ag->blocks = (uint32_t)(left < s->ag_blocks ? left : s->ag_blocks);
		ag->limit = ag->blocks - ag->blocks / KEPT_PART;
		ag->cursor = XFS_AG_HEAD_BLOCKS;
		if (i == s->log_ag)
			ag->cursor += XFS_LOG_BLOCKS;
	}
}

/* As many of `chunks` as the group has room for, and the tree that lists them. */
static uint32_t place_chunks(struct xfs_ag *ag, uint64_t chunks)
{
	const uint32_t start = (uint32_t)round_up(ag->cursor, XFS_CHUNK_BLOCKS);
	uint32_t n, more;

	if (chunks == 0 || start >= ag->limit)
		return 0;
	n = (ag->limit - start) / XFS_CHUNK_BLOCKS;
	n = chunks < n ? (uint32_t)chunks : n;
	/* The root has its place already. */
	while (more = (uint32_t)xfs_inode_tree_blocks(n) - 1,
		start + n * XFS_CHUNK_BLOCKS + more > ag->limit)
		n--;
	ag->gap = ag->cursor;
	ag->gap_blocks = start - ag->cursor;
	ag->chunk_block = start;
	ag->chunks = n;
	ag->inodes = n * XFS_CHUNK_INODES;
	ag->tree_block = start + n * XFS_CHUNK_BLOCKS;
	ag->cursor = ag->tree_block + more;
	return n;
}

bool xfs_space_init(struct xfs_space *s, uint64_t blocks, uint64_t inodes)
{
	uint64_t chunks = xfs_quotient_up(inodes, XFS_CHUNK_INODES);
	const uint64_t unused = chunks * XFS_CHUNK_INODES - inodes;

	if (blocks < LEAST_BLOCKS || chunks * XFS_CHUNK_BLOCKS > blocks / XFS_INODE_PART)
		return false;
	s->blocks = blocks;
	s->inodes = inodes;
	part_into_ags(s);
	for (uint32_t i = 0; i < s->ag_count && chunks; i++) {
		chunks -= place_chunks(&s->ags[i], chunks);
		if (chunks == 0)
			s->ags[i].inodes -= (uint32_t)unused;
	}
	return chunks == 0;
}

void xfs_space_release(struct xfs_space *s)
{
	free(s->ags);
	*s = (struct xfs_space){ 0 };
}

uint64_t xfs_space_left(const struct xfs_space *s)
{
	uint64_t left = 0;

	for (uint32_t i = 0; i < s->ag_count; i++)
		if (s->ags[i].cursor < s->ags[i].limit)
			left += s->ags[i].limit - s->ags[i].cursor;
	return left;
}

uint64_t xfs_space_free(const struct xfs_space *s)
{
	uint64_t count = 0;

	for (uint32_t i = 0; i < s->ag_count; i++)
		count += s->ags[i].blocks - s->ags[i].cursor + s->ags[i].gap_blocks +
			 XFS_AG_LIST_BLOCKS;
	return count;
}

uint64_t xfs_space_reserved(const struct xfs_space *s)
{
	const uint64_t pool = s->blocks / POOL_PART;

	return s->blocks / KEPT_PART + (pool < POOL_BLOCKS ? pool : POOL_BLOCKS);
}

uint64_t xfs_space_take(struct xfs_space *s, uint64_t want, uint64_t *ret_first)
{
	for (; s->current < s->ag_count; s->current++) {
		struct xfs_ag *ag = &s->ags[s->current];
		uint64_t left;

		if (ag->cursor >= ag->limit)
			continue;
		left = ag->limit - ag->cursor;
		if (want > left)
			want = left;
		if (want > XFS_EXTENT_MOST_BLOCKS)
			want = XFS_EXTENT_MOST_BLOCKS;
		*ret_first = xfs_space_block(s, s->current, ag->cursor);
		ag->cursor += (uint32_t)want;
		return want;
	}
	return 0;
}

uint64_t xfs_space_first_ino(const struct xfs_space *s, uint32_t ag)
{
	return (uint64_t)ag << (s->ag_block_log + XFS_BLOCK_INODES_LOG) |
	       (uint64_t)s->ags[ag].chunk_block << XFS_BLOCK_INODES_LOG;
}

uint64_t xfs_space_ino(const struct xfs_space *s, uint64_t index)
{
	uint32_t ag = 0;

	while (index >= s->ags[ag].inodes)
		index -= s->ags[ag++].inodes;
	return xfs_space_first_ino(s, ag) + index;
}
