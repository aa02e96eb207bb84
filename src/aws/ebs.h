/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The EBS direct APIs, version 2019-11-02: blocks of snapshots over HTTP. Structs and
 * rows only; members are named as in the service's reference.
 */
#pragma once

#include "aws/rest.h"
#include "base/size.h"

struct ebs_tag {
	const char *key, *value;
};

struct ebs_start_snapshot {
	struct shape_uint volume_size_gib;
	const char *parent_snapshot_id; /* not together with encrypted */
	struct shape_list tags; /* struct ebs_tag */
	const char *description;
	const char *client_token;
	enum shape_bool encrypted;
	const char *kms_key_arn;
	struct shape_uint timeout_minutes; /* 10 to 4320 */
};

struct ebs_snapshot {
	char *description, *snapshot_id, *owner_id, *status;
	struct shape_uint start_time_s; /* since 1970 */
	struct shape_uint volume_size_gib, block_size_bytes;
	struct shape_list tags; /* struct ebs_tag */
	char *parent_snapshot_id, *kms_key_arn;
};

struct ebs_put_block {
	const char *snapshot_id;
	struct shape_uint block_index;
	struct shape_uint data_length_bytes; /* EBS_BLOCK_BYTES */
	struct shape_uint progress_percent;
	const char *checksum; /* base64 of the block's SHA-256 */
	const char *checksum_algorithm; /* "SHA256" */
};

struct ebs_put_block_answer {
	char *checksum, *checksum_algorithm;
};

struct ebs_complete_snapshot {
	const char *snapshot_id;
	struct shape_uint changed_blocks_count;
	const char *checksum; /* of the raw digests of the blocks, in order */
	const char *checksum_algorithm; /* "SHA256" */
	const char *checksum_aggregation_method; /* "LINEAR" */
};

struct ebs_complete_snapshot_answer {
	char *status;
};

struct ebs_list_blocks {
	const char *snapshot_id;
	const char *page_token;
	struct shape_uint max_results; /* 100 to 10000 */
	struct shape_uint starting_block_index;
};

struct ebs_block {
	struct shape_uint block_index;
	char *block_token;
};

struct ebs_block_list {
	struct shape_list blocks; /* struct ebs_block */
	struct shape_uint expiry_time_s, volume_size_gib, block_size_bytes;
	char *next_token;
};

struct ebs_list_changed_blocks {
	const char *first_snapshot_id, *second_snapshot_id;
	const char *page_token;
	struct shape_uint max_results, starting_block_index;
};

struct ebs_changed_block {
	struct shape_uint block_index;
	char *first_block_token, *second_block_token;
};

struct ebs_changed_block_list {
	struct shape_list changed_blocks; /* struct ebs_changed_block */
	struct shape_uint expiry_time_s, volume_size_gib, block_size_bytes;
	char *next_token;
};

struct ebs_get_block {
	const char *snapshot_id;
	struct shape_uint block_index;
	const char *block_token;
};

struct ebs_get_block_answer { /* the block itself is the body */
	struct shape_uint data_length_bytes;
	char *checksum, *checksum_algorithm;
};

extern const struct rest_action ebs_start_snapshot_action, ebs_put_block_action,
	ebs_complete_snapshot_action, ebs_list_blocks_action,
	ebs_list_changed_blocks_action, ebs_get_block_action;

/* All of them, ending with NULL. */
extern const struct rest_action *const ebs_actions[];
