/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The snapshot that another one is to be a child of: which blocks of a disk differ from
 * it. That is known from the digests that were kept when it was made, if they are there
 * and of just the blocks that the service lists; else the blocks are fetched.
 *
 * The digests are held against a hash of all of them, and against the list. That they are
 * those of this snapshot is what their file says: the checksum with which a child is
 * completed is one of the blocks that were sent, and says nothing of the others.
 */
#pragma once

#include "base/progress.h"
#include "core/kept_blocks.h"
#include "core/upload_delta.h"

struct upload_parent;

/* Asks for the first page of its blocks. The client and the id outlive it. */
int upload_parent_open(struct aws_client *ebs, const char *snapshot_id,
	struct upload_parent **ret, struct error *err);
struct upload_parent *upload_parent_free(struct upload_parent *p); /* NULL is fine */
static inline void upload_parent_freep(struct upload_parent **p)
{
	*p = upload_parent_free(*p);
}

uint64_t upload_parent_volume_bytes(const struct upload_parent *p);

/* Reads all of the disk, and of the parent what is not known; `volume_bytes` are the
 * child's. */
int upload_parent_compare(struct upload_parent *p, struct upload_source *source,
	uint64_t volume_bytes, struct progress *progress, struct error *err);

/* The same of a disk whose digests are known, sealed: nothing of it is read. *ret_known
 * is false, and nothing was found, when those of the parent are not. */
int upload_parent_compare_kept(struct upload_parent *p, const struct kept_blocks *disk,
	uint64_t volume_bytes, struct progress *progress, bool *ret_known,
	struct error *err);

/* What was found; NULL without a parent. */
const struct block_set *upload_parent_delta(const struct upload_parent *p);

/*
 * Keep the digests of a snapshot that was made: those that were sent, and its parent's,
 * which may be NULL.
 */
void upload_keep(const struct aws_client *ebs, const char *snapshot_id,
	struct kept_blocks *sent, const struct upload_parent *p);

/* What was made of this parent, which may be NULL, could not be completed: do not believe
 * what was kept of it. */
void upload_parent_forget(const struct aws_client *ebs, const char *parent_id);
