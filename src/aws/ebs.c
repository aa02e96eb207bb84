/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/ebs.h"

#include <stddef.h>

static const struct shape_field tag_fields[] = {
	{ "Key", offsetof(struct ebs_tag, key), SHAPE_STRING, NULL },
	{ "Value", offsetof(struct ebs_tag, value), SHAPE_STRING, NULL },
};
static const struct shape tag = SHAPE_OF(struct ebs_tag, tag_fields);

#define AT(member) offsetof(struct ebs_start_snapshot, member)
static const struct shape_field start_fields[] = {
	{ "VolumeSize", AT(volume_size_gib), SHAPE_UINT, NULL },
	{ "ParentSnapshotId", AT(parent_snapshot_id), SHAPE_STRING, NULL },
	{ "Tags", AT(tags), SHAPE_LIST, &tag },
	{ "Description", AT(description), SHAPE_STRING, NULL },
	{ "ClientToken", AT(client_token), SHAPE_STRING, NULL },
	{ "Encrypted", AT(encrypted), SHAPE_BOOL, NULL },
	{ "KmsKeyArn", AT(kms_key_arn), SHAPE_STRING, NULL },
	{ "Timeout", AT(timeout_minutes), SHAPE_UINT, NULL },
};
#undef AT
static const struct shape start_snapshot =
	SHAPE_OF(struct ebs_start_snapshot, start_fields);

#define AT(member) offsetof(struct ebs_snapshot, member)
static const struct shape_field snapshot_fields[] = {
	{ "Description", AT(description), SHAPE_STRING, NULL },
	{ "SnapshotId", AT(snapshot_id), SHAPE_STRING, NULL },
	{ "OwnerId", AT(owner_id), SHAPE_STRING, NULL },
	{ "Status", AT(status), SHAPE_STRING, NULL },
	{ "StartTime", AT(start_time_s), SHAPE_UINT, NULL },
	{ "VolumeSize", AT(volume_size_gib), SHAPE_UINT, NULL },
	{ "BlockSize", AT(block_size_bytes), SHAPE_UINT, NULL },
	{ "Tags", AT(tags), SHAPE_LIST, &tag },
	{ "ParentSnapshotId", AT(parent_snapshot_id), SHAPE_STRING, NULL },
	{ "KmsKeyArn", AT(kms_key_arn), SHAPE_STRING, NULL },
};
#undef AT
static const struct shape snapshot = SHAPE_OF(struct ebs_snapshot, snapshot_fields);

const struct rest_action ebs_start_snapshot_action = {
	.name = "StartSnapshot",
	.method = "POST",
	.path = "/snapshots",
	.request = &start_snapshot,
	.answer = &snapshot,
};

#define AT(member) offsetof(struct ebs_put_block, member)
static const struct shape_field put_fields[] = {
	{ "snapshotId", AT(snapshot_id), SHAPE_STRING, NULL, SHAPE_IN_PATH },
	{ "blockIndex", AT(block_index), SHAPE_UINT, NULL, SHAPE_IN_PATH },
	{ "x-amz-Data-Length", AT(data_length_bytes), SHAPE_UINT, NULL, SHAPE_IN_HEADER },
	{ "x-amz-Progress", AT(progress_percent), SHAPE_UINT, NULL, SHAPE_IN_HEADER },
	{ "x-amz-Checksum", AT(checksum), SHAPE_STRING, NULL, SHAPE_IN_HEADER },
	{ "x-amz-Checksum-Algorithm", AT(checksum_algorithm), SHAPE_STRING, NULL,
		SHAPE_IN_HEADER },
};
#undef AT
static const struct shape put_block = SHAPE_OF(struct ebs_put_block, put_fields);

#define AT(member) offsetof(struct ebs_put_block_answer, member)
static const struct shape_field put_answer_fields[] = {
	{ "x-amz-Checksum", AT(checksum), SHAPE_STRING, NULL, SHAPE_IN_HEADER },
	{ "x-amz-Checksum-Algorithm", AT(checksum_algorithm), SHAPE_STRING, NULL,
		SHAPE_IN_HEADER },
};
#undef AT
static const struct shape put_block_answer =
	SHAPE_OF(struct ebs_put_block_answer, put_answer_fields);

const struct rest_action ebs_put_block_action = {
	.name = "PutSnapshotBlock",
	.method = "PUT",
	.path = "/snapshots/{snapshotId}/blocks/{blockIndex}",
	.request = &put_block,
	.answer = &put_block_answer,
	.sends_data = true,
};

#define AT(member) offsetof(struct ebs_complete_snapshot, member)
static const struct shape_field complete_fields[] = {
	{ "snapshotId", AT(snapshot_id), SHAPE_STRING, NULL, SHAPE_IN_PATH },
	{ "x-amz-ChangedBlocksCount", AT(changed_blocks_count), SHAPE_UINT, NULL,
		SHAPE_IN_HEADER },
	{ "x-amz-Checksum", AT(checksum), SHAPE_STRING, NULL, SHAPE_IN_HEADER },
	{ "x-amz-Checksum-Algorithm", AT(checksum_algorithm), SHAPE_STRING, NULL,
		SHAPE_IN_HEADER },
	{ "x-amz-Checksum-Aggregation-Method", AT(checksum_aggregation_method),
		SHAPE_STRING, NULL, SHAPE_IN_HEADER },
};
#undef AT
static const struct shape complete_snapshot =
	SHAPE_OF(struct ebs_complete_snapshot, complete_fields);

static const struct shape_field complete_answer_fields[] = {
	{ "Status", offsetof(struct ebs_complete_snapshot_answer, status), SHAPE_STRING,
		NULL },
};
static const struct shape complete_snapshot_answer =
	SHAPE_OF(struct ebs_complete_snapshot_answer, complete_answer_fields);

const struct rest_action ebs_complete_snapshot_action = {
	.name = "CompleteSnapshot",
	.method = "POST",
	.path = "/snapshots/completion/{snapshotId}",
	.request = &complete_snapshot,
	.answer = &complete_snapshot_answer,
};

#define AT(member) offsetof(struct ebs_list_blocks, member)
static const struct shape_field list_fields[] = {
	{ "snapshotId", AT(snapshot_id), SHAPE_STRING, NULL, SHAPE_IN_PATH },
	{ "pageToken", AT(page_token), SHAPE_STRING, NULL, SHAPE_IN_QUERY },
	{ "maxResults", AT(max_results), SHAPE_UINT, NULL, SHAPE_IN_QUERY },
	{ "startingBlockIndex", AT(starting_block_index), SHAPE_UINT, NULL,
		SHAPE_IN_QUERY },
};
#undef AT
static const struct shape list_blocks = SHAPE_OF(struct ebs_list_blocks, list_fields);

static const struct shape_field block_fields[] = {
	{ "BlockIndex", offsetof(struct ebs_block, block_index), SHAPE_UINT, NULL },
	{ "BlockToken", offsetof(struct ebs_block, block_token), SHAPE_STRING, NULL },
};
static const struct shape block = SHAPE_OF(struct ebs_block, block_fields);

#define AT(member) offsetof(struct ebs_block_list, member)
static const struct shape_field block_list_fields[] = {
	{ "Blocks", AT(blocks), SHAPE_LIST, &block },
	{ "ExpiryTime", AT(expiry_time_s), SHAPE_UINT, NULL },
	{ "VolumeSize", AT(volume_size_gib), SHAPE_UINT, NULL },
	{ "BlockSize", AT(block_size_bytes), SHAPE_UINT, NULL },
	{ "NextToken", AT(next_token), SHAPE_STRING, NULL },
};
#undef AT
static const struct shape block_list = SHAPE_OF(struct ebs_block_list, block_list_fields);

const struct rest_action ebs_list_blocks_action = {
	.name = "ListSnapshotBlocks",
	.method = "GET",
	.path = "/snapshots/{snapshotId}/blocks",
	.request = &list_blocks,
	.answer = &block_list,
};

#define AT(member) offsetof(struct ebs_list_changed_blocks, member)
static const struct shape_field list_changed_fields[] = {
	{ "firstSnapshotId", AT(first_snapshot_id), SHAPE_STRING, NULL, SHAPE_IN_QUERY },
	{ "secondSnapshotId", AT(second_snapshot_id), SHAPE_STRING, NULL, SHAPE_IN_PATH },
	{ "pageToken", AT(page_token), SHAPE_STRING, NULL, SHAPE_IN_QUERY },
	{ "maxResults", AT(max_results), SHAPE_UINT, NULL, SHAPE_IN_QUERY },
	{ "startingBlockIndex", AT(starting_block_index), SHAPE_UINT, NULL,
		SHAPE_IN_QUERY },
};
#undef AT
static const struct shape list_changed_blocks =
	SHAPE_OF(struct ebs_list_changed_blocks, list_changed_fields);

#define AT(member) offsetof(struct ebs_changed_block, member)
static const struct shape_field changed_block_fields[] = {
	{ "BlockIndex", AT(block_index), SHAPE_UINT, NULL },
	{ "FirstBlockToken", AT(first_block_token), SHAPE_STRING, NULL },
	{ "SecondBlockToken", AT(second_block_token), SHAPE_STRING, NULL },
};
#undef AT
static const struct shape changed_block =
	SHAPE_OF(struct ebs_changed_block, changed_block_fields);

#define AT(member) offsetof(struct ebs_changed_block_list, member)
static const struct shape_field changed_block_list_fields[] = {
	{ "ChangedBlocks", AT(changed_blocks), SHAPE_LIST, &changed_block },
	{ "ExpiryTime", AT(expiry_time_s), SHAPE_UINT, NULL },
	{ "VolumeSize", AT(volume_size_gib), SHAPE_UINT, NULL },
	{ "BlockSize", AT(block_size_bytes), SHAPE_UINT, NULL },
	{ "NextToken", AT(next_token), SHAPE_STRING, NULL },
};
#undef AT
static const struct shape changed_block_list =
	SHAPE_OF(struct ebs_changed_block_list, changed_block_list_fields);

const struct rest_action ebs_list_changed_blocks_action = {
	.name = "ListChangedBlocks",
	.method = "GET",
	.path = "/snapshots/{secondSnapshotId}/changedblocks",
	.request = &list_changed_blocks,
	.answer = &changed_block_list,
};

#define AT(member) offsetof(struct ebs_get_block, member)
static const struct shape_field get_fields[] = {
	{ "snapshotId", AT(snapshot_id), SHAPE_STRING, NULL, SHAPE_IN_PATH },
	{ "blockIndex", AT(block_index), SHAPE_UINT, NULL, SHAPE_IN_PATH },
	{ "blockToken", AT(block_token), SHAPE_STRING, NULL, SHAPE_IN_QUERY },
};
#undef AT
static const struct shape get_block = SHAPE_OF(struct ebs_get_block, get_fields);

#define AT(member) offsetof(struct ebs_get_block_answer, member)
static const struct shape_field get_answer_fields[] = {
	{ "x-amz-Data-Length", AT(data_length_bytes), SHAPE_UINT, NULL, SHAPE_IN_HEADER },
	{ "x-amz-Checksum", AT(checksum), SHAPE_STRING, NULL, SHAPE_IN_HEADER },
	{ "x-amz-Checksum-Algorithm", AT(checksum_algorithm), SHAPE_STRING, NULL,
		SHAPE_IN_HEADER },
};
#undef AT
static const struct shape get_block_answer =
	SHAPE_OF(struct ebs_get_block_answer, get_answer_fields);

const struct rest_action ebs_get_block_action = {
	.name = "GetSnapshotBlock",
	.method = "GET",
	.path = "/snapshots/{snapshotId}/blocks/{blockIndex}",
	.request = &get_block,
	.answer = &get_block_answer,
	.takes_data = true,
};

const struct rest_action *const ebs_actions[] = {
	&ebs_start_snapshot_action,
	&ebs_put_block_action,
	&ebs_complete_snapshot_action,
	&ebs_list_blocks_action,
	&ebs_list_changed_blocks_action,
	&ebs_get_block_action,
	NULL,
};
