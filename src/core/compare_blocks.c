/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/compare_blocks.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/term.h"
#include "core/snapshot_read.h"
#include "disk/zero.h"

/* A comparison while it goes on. */
struct comparison {
	const struct compare_work *work;
	uint64_t next_index; /* what lies before it in the file was looked at */
	uint64_t blocks;
	uint8_t *block; /* of the file */
};

static void comparison_releasep(struct comparison *c)
{
	free(c->block);
}

/* The first place where they differ, which they do. */
static size_t first_difference(const uint8_t *a, const uint8_t *b)
{
	size_t at = 0;

	while (a[at] == b[at])
		at++;
	return at;
}

/* A block of the file that the snapshot does not have. */
static int look_at_own(struct comparison *c, uint64_t index, struct error *err)
{
	size_t at = 0;

	if (upload_source_read(c->work->source, index, c->block, err) < 0)
		return -1;
	if (bytes_are_zero(c->block, EBS_BLOCK_BYTES))
		return 0;
	while (!c->block[at])
		at++;
	c->blocks++;
	return c->work->differs(
		c->work->userdata, index, index * EBS_BLOCK_BYTES + at, err);
}

/* One block of the file before `end`; *ret_more when there may be another. */
static int look_ahead(
	struct comparison *c, uint64_t end, bool *ret_more, struct error *err)
{
	uint64_t index = c->next_index;

	*ret_more = false;
	if (index >= end ||
		upload_source_seek(c->work->source, &index, ret_more, err) < 0)
		return index >= end ? 0 : -1;
	*ret_more = *ret_more && index < end;
	if (!*ret_more) {
		c->next_index = end;
		return 0;
	}
	c->next_index = index + 1;
	return look_at_own(c, index, err);
}

static int want(
	void *userdata, uint64_t index, enum snapshot_want *ret, struct error *err)
{
	struct comparison *c = userdata;
	bool more;

	if (look_ahead(c, index, &more, err) < 0)
		return -1;
	*ret = more ? SNAPSHOT_ASK_AGAIN : SNAPSHOT_FETCH;
	if (!more) {
		c->next_index = index + 1;
		c->blocks++;
	}
	return 0;
}

static int take(void *userdata, const struct snapshot_block *block, struct error *err)
{
	struct comparison *c = userdata;

	if (c->work->fetched)
		c->work->fetched(c->work->userdata, block->index, block->digest);
	if (upload_source_read(c->work->source, block->index, c->block, err) < 0)
		return -1;
	if (!memcmp(block->data, c->block, EBS_BLOCK_BYTES))
		return 0;
	return c->work->differs(c->work->userdata, block->index,
		block->index * EBS_BLOCK_BYTES + first_difference(block->data, c->block),
		err);
}

int compare_blocks(
	const struct compare_work *work, uint64_t *ret_blocks, struct error *err)
{
	CLEANUP(comparison_releasep) struct comparison c = { .work = work };
	const struct snapshot_reading reading = {
		.ebs = work->ebs,
		.list = work->list,
		.userdata = &c,
		.want = want,
		.take = take,
		.progress = work->progress,
	};
	bool more = true;

	c.block = xmalloc_pages(EBS_BLOCK_BYTES);
	if (snapshot_read(&reading, err) < 0)
		return -1;
	/* What the file has behind the last block of the snapshot. */
	while (more)
		if (term_check(err) < 0 || look_ahead(&c, UINT64_MAX, &more, err) < 0)
			return -1;
	*ret_blocks = c.blocks;
	return 0;
}
