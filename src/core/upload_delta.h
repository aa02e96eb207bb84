/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which blocks of a disk are other ones than in a snapshot: what a child of that snapshot
 * has to be told. A block that has become zero is one of them; a child that is not told
 * of it has the parent's.
 */
#pragma once

#include "core/block_list.h"
#include "core/block_set.h"
#include "core/kept_blocks.h"
#include "core/upload_source.h"

/*
 * Reads all of the parent, the one that is listed; it is not larger than `volume_bytes`.
 * The digests of its blocks are added to `ret_blocks`, which may be NULL.
 */
int upload_delta_find(struct aws_client *ebs, struct block_list *parent,
	struct upload_source *source, uint64_t volume_bytes,
	struct kept_blocks *ret_blocks, struct progress *p, struct block_set **ret,
	struct error *err);

/* The same of a parent whose digests are known: those of all blocks that it has. */
int upload_delta_find_kept(const struct kept_blocks *parent, struct upload_source *source,
	uint64_t volume_bytes, struct progress *p, struct block_set **ret,
	struct error *err);

/* Of two disks whose digests are known, sealed; the caller frees it. */
struct block_set *upload_delta_of_kept(const struct kept_blocks *parent,
	const struct kept_blocks *disk, uint64_t volume_bytes);
