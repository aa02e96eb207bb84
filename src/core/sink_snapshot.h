/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A snapshot of EBS as a sink: the blocks of a disk go to the service straight from the
 * map, and no file has them in between. Writing leaves a snapshot that is pending, with
 * all of its blocks; snapshot_complete() does the rest.
 */
#pragma once

#include "aws/client.h"
#include "core/run_journal.h"
#include "core/snapshot.h"
#include "core/upload_blocks.h"
#include "disk/sink.h"

/* All of it is the caller's, and outlives the sink. */
struct sink_snapshot_spec {
	struct aws_client *ebs; /* with room for TRANSFER_CONNECTIONS_MOST */
	/* What is asked for and what is made is noted here; the snapshot has its id as
	 * client token and as tag. */
	struct run_journal *journal;
	const char *description;
	const struct ebs_tag *tags; /* besides the run's */
	size_t tag_count;
	bool is_encrypted;
	const char *kms_key_arn; /* or NULL */
	const char *parent_id; /* NULL: none; else only what differs is sent */
};

struct sink *sink_snapshot_new(const struct sink_snapshot_spec *spec);

/* Of a sink that was written; the sink owns it. */
struct sink_snapshot_written {
	const char *id;
	uint64_t volume_size_gib;
	struct upload_count count;
};

const struct sink_snapshot_written *sink_snapshot_written(const struct sink *s);
