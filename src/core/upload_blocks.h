/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The blocks of a disk into a snapshot that was started: those that are not all zero, or
 * are other ones than the parent's, and that are not there already, many at once. Each is
 * hashed once, in order; the digest goes with the block and into the LINEAR checksum of
 * all of them.
 */
#pragma once

#include "aws/client.h"
#include "base/progress.h"
#include "core/transfer_journal.h"
#include "core/block_set.h"
#include "core/kept_blocks.h"
#include "core/upload_source.h"

/* What goes where. All of it is the caller's. */
struct upload_work {
	struct aws_client *ebs;
	const char *snapshot_id;
	uint64_t made_at_ms; /* the snapshot, on clock_now_ms(); 0: long ago */
	struct upload_source *source;
	const struct block_set *delta; /* NULL: all that are not zero */
	struct transfer_journal *journal; /* NULL: none is kept */
	struct kept_blocks *digests; /* gets one of each that makes it; or NULL */
	bool only_counts; /* the snapshot is complete: nothing is sent */
	struct progress *progress; /* or NULL */
};

struct upload_count {
	uint64_t blocks; /* that make the snapshot; of a child, those that differ */
	uint64_t sent_blocks; /* of them, sent now */
	char linear[SHA256_BASE64_CHARS + 1];
};

/*
 * Returns when the service has all of them. What is worth it is sent again and again, as
 * long as any block arrives within two minutes.
 */
int upload_blocks(
	const struct upload_work *work, struct upload_count *ret, struct error *err);
