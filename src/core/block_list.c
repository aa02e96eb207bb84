/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/block_list.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/size.h"

enum {
	PAGE_BLOCKS = 10000, /* the most that may be asked for */
	EMPTY_PAGES_MOST = 100, /* one after the other */
	ATTEMPT_MS = 60000,
	STALL_MS = 15000,
	CALL_MS = 180000,
};

struct block_list {
	struct aws_client *ebs;
	const char *snapshot_id;
	struct aws_result result; /* the page */
	size_t at; /* in the page */
	uint64_t first_index; /* that the page tells of */
	uint64_t next_index; /* that a block can have */
	uint64_t volume_gib;
};

static const struct ebs_block_list *page_of(const struct block_list *l)
{
	return l->result.answer;
}

/* What it says of the snapshot is what it said before, and something that can be. */
static int check_facts(
	struct block_list *l, const struct ebs_block_list *page, struct error *err)
{
	const uint64_t gib = page->volume_size_gib.value;

	if (page->block_size_bytes.set && page->block_size_bytes.value != EBS_BLOCK_BYTES)
		return error_set(err, ERR_FORMAT, 0,
			"%s has blocks of %" PRIu64 " bytes, and not of 512 KiB",
			l->snapshot_id, page->block_size_bytes.value);
	if (!page->volume_size_gib.set || gib < 1 || gib > EBS_VOLUME_MOST_GIB ||
		(l->volume_gib && gib != l->volume_gib))
		return error_set(err, ERR_FORMAT, 0,
			"the list of the blocks of %s does not tell the size of its "
			"volume",
			l->snapshot_id);
	l->volume_gib = gib;
	return 0;
}

static int check_page(struct block_list *l, struct error *err)
{
	const struct ebs_block_list *page = page_of(l);
	const struct ebs_block *blocks;
	uint64_t end;

	if (check_facts(l, page, err) < 0)
		return -1;
	blocks = page->blocks.items;
	end = block_list_volume_bytes(l) / EBS_BLOCK_BYTES;
	for (size_t i = 0; i < page->blocks.count; i++) {
		const uint64_t index = blocks[i].block_index.value;

		if (!blocks[i].block_index.set || !blocks[i].block_token ||
			index < l->next_index || index >= end)
			return error_set(err, ERR_FORMAT, 0,
				"the list of the blocks of %s is not in order, or has "
				"blocks behind the end of its volume",
				l->snapshot_id);
		l->next_index = index + 1;
	}
	return 0;
}

/*
 * The page that begins at next_index. It is asked for by that, and not by the token of
 * the page before, which is good for an hour only; but a page may also be empty and have
 * others behind it, to which nothing else leads.
 */
static int ask(struct block_list *l, const char *page_token, struct error *err)
{
	const struct ebs_list_blocks request = {
		.snapshot_id = l->snapshot_id,
		.page_token = page_token,
		.max_results = SHAPE_UINT_OF(PAGE_BLOCKS),
		.starting_block_index = { .set = !page_token, .value = l->next_index },
	};
	const struct aws_call call = {
		.action = { .rest = &ebs_list_blocks_action, .request = &request },
		.deadline_ms = clock_now_ms() + CALL_MS,
		.attempt_ms = ATTEMPT_MS,
		.stall_ms = STALL_MS,
	};
	CLEANUP(aws_result_releasep) struct aws_result page = AWS_RESULT_INIT;

	if (aws_client_call(l->ebs, &call, &page, err) < 0)
		return error_context(err, "list the blocks of %s", l->snapshot_id);
	aws_result_release(&l->result);
	l->result = page;
	page = (struct aws_result)AWS_RESULT_INIT;
	l->at = 0;
	/* Before a page that follows empty ones, there is nothing. */
	if (!page_token)
		l->first_index = l->next_index;
	return check_page(l, err);
}

int block_list_turn(struct block_list *l, bool *ret_found, struct error *err)
{
	for (unsigned int i = 0; i < EMPTY_PAGES_MOST; i++) {
		const struct ebs_block_list *page = page_of(l);
		CLEANUP(freep) char *token = NULL;

		if (!page->next_token) {
			*ret_found = false;
			return 0;
		}
		if (!page->blocks.count)
			token = xstrdup(page->next_token);
		if (ask(l, token, err) < 0)
			return -1;
		if (block_list_next(l)) {
			*ret_found = true;
			return 0;
		}
	}
	return error_set(err, ERR_FORMAT, 0,
		"the list of the blocks of %s has no end: %d pages without a block",
		l->snapshot_id, EMPTY_PAGES_MOST);
}

int block_list_open_at(struct aws_client *ebs, const char *snapshot_id, uint64_t index,
	struct block_list **ret, struct error *err)
{
	CLEANUP(block_list_freep) struct block_list *l = xcalloc(1, sizeof(*l));

	l->ebs = ebs;
	l->snapshot_id = snapshot_id;
	l->next_index = index;
	l->result = (struct aws_result)AWS_RESULT_INIT;
	if (ask(l, NULL, err) < 0)
		return -1;
	*ret = TAKE_PTR(l);
	return 0;
}

int block_list_open(struct aws_client *ebs, const char *snapshot_id,
	struct block_list **ret, struct error *err)
{
	return block_list_open_at(ebs, snapshot_id, 0, ret, err);
}

struct block_list *block_list_free(struct block_list *l)
{
	if (!l)
		return NULL;
	aws_result_release(&l->result);
	free(l);
	return NULL;
}

const char *block_list_snapshot(const struct block_list *l)
{
	return l->snapshot_id;
}

uint64_t block_list_volume_bytes(const struct block_list *l)
{
	return l->volume_gib * GIB;
}

const struct ebs_block *block_list_next(const struct block_list *l)
{
	const struct shape_list *blocks = &page_of(l)->blocks;

	if (l->at == blocks->count)
		return NULL;
	return (const struct ebs_block *)blocks->items + l->at;
}

uint64_t block_list_left_most(const struct block_list *l)
{
	const struct ebs_block_list *page = page_of(l);
	const uint64_t end = block_list_volume_bytes(l) / EBS_BLOCK_BYTES;

	return page->blocks.count - l->at + (page->next_token ? end - l->next_index : 0);
}

bool block_list_covers(const struct block_list *l, uint64_t index)
{
	const uint64_t end = page_of(l)->next_token
				     ? l->next_index
				     : block_list_volume_bytes(l) / EBS_BLOCK_BYTES;

	return index >= l->first_index && index < end;
}

static int compare_index(const void *key, const void *item)
{
	const uint64_t index = *(const uint64_t *)key;
	const struct ebs_block *block = item;

	return index < block->block_index.value	  ? -1
	       : index > block->block_index.value ? 1
						  : 0;
}

const struct ebs_block *block_list_find(const struct block_list *l, uint64_t index)
{
	const struct shape_list *blocks = &page_of(l)->blocks;

	return blocks->count ? bsearch(&index, blocks->items, blocks->count,
				       sizeof(struct ebs_block), compare_index)
			     : NULL;
}

void block_list_advance(struct block_list *l)
{
	l->at++;
}
