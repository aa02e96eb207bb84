/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The blocks of an image's one snapshot, to be sent to other regions: each is fetched
 * when somebody wants it, and once, into a sparse file without a name.
 */
#pragma once

#include "aws/client.h"
#include "base/progress.h"
#include "core/block_set.h"
#include "core/kept_blocks.h"
#include "core/upload_source.h"

struct image_blocks;

/* Asks for the list of them, no more. The client, of the snapshot's region, and the id
 * outlive it. */
int image_blocks_open(struct aws_client *ebs, const char *snapshot_id,
	struct image_blocks **ret, struct error *err);
struct image_blocks *image_blocks_free(struct image_blocks *b); /* NULL is fine */
static inline void image_blocks_freep(struct image_blocks **b)
{
	*b = image_blocks_free(*b);
}

uint64_t image_blocks_volume_bytes(const struct image_blocks *b);

/* How many the snapshot has. */
int image_blocks_count(struct image_blocks *b, uint64_t *ret, struct error *err);

/* Their digests, sealed, where this machine has kept them; else NULL. */
const struct kept_blocks *image_blocks_known(const struct image_blocks *b);

/*
 * These, or all with NULL: what the snapshot does not have of them is zero. Several
 * threads may ask, each is served after the other; what failed fails for all.
 */
int image_blocks_fetch(struct image_blocks *b, const struct block_set *wanted,
	struct progress *p, struct error *err);

/* What was fetched, with zeroes instead of the rest; it outlives `b`. */
int image_blocks_source(struct image_blocks *b, const char *name,
	struct upload_source **ret, struct error *err);
