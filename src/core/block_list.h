/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which blocks a completed snapshot has, as ListSnapshotBlocks tells, a page at a time:
 * the list of a large volume is longer than memory. Blocks that it does not have are
 * zero.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "aws/client.h"
#include "aws/ebs.h"

struct block_list;

/* Asks for the first page. The client and the id outlive the list. */
int block_list_open(struct aws_client *ebs, const char *snapshot_id,
	struct block_list **ret, struct error *err);
/* The same, from the block `index` on. */
int block_list_open_at(struct aws_client *ebs, const char *snapshot_id, uint64_t index,
	struct block_list **ret, struct error *err);
struct block_list *block_list_free(struct block_list *l); /* NULL is fine */
static inline void block_list_freep(struct block_list **l)
{
	*l = block_list_free(*l);
}

const char *block_list_snapshot(const struct block_list *l);
uint64_t block_list_volume_bytes(const struct block_list *l);

/*
 * The next block, in ascending order, each within the volume; it stays the next one until
 * block_list_advance(). NULL: the page is read to its end, and block_list_turn() is due.
 */
const struct ebs_block *block_list_next(const struct block_list *l);
void block_list_advance(struct block_list *l);

/* How many may still come, from the next one on: as many as there are behind the page in
 * the volume, until the last page is there. Then it is how many do. */
uint64_t block_list_left_most(const struct block_list *l);

/*
 * Whether the page tells of the block. If so, block_list_find() has it, or NULL when the
 * snapshot does not.
 */
bool block_list_covers(const struct block_list *l, uint64_t index);
const struct ebs_block *block_list_find(const struct block_list *l, uint64_t index);

/*
 * The next page; *ret_found is false when there is none. A call like others: nothing else
 * may be under way with the client.
 */
int block_list_turn(struct block_list *l, bool *ret_found, struct error *err);
