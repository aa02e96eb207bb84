/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * EC2's API, version 2016-11-15, as far as images and snapshots need it. Structs and rows
 * only; members are named as in the service's reference. Times are ISO 8601.
 */
#pragma once

#include "aws/query.h"

struct ec2_tag {
	const char *key, *value;
};

struct ec2_tag_specification {
	const char *resource_type; /* "image", "snapshot" */
	struct shape_list tags; /* struct ec2_tag */
};

struct ec2_filter {
	const char *name;
	struct shape_list values; /* strings */
};

struct ec2_ebs_device {
	enum shape_bool delete_on_termination;
	struct shape_uint iops;
	const char *snapshot_id;
	struct shape_uint volume_size_gib;
	const char *volume_type;
	const char *kms_key_id;
	struct shape_uint throughput_mib_s;
	enum shape_bool encrypted; /* not together with snapshot_id in RegisterImage */
	struct shape_uint volume_initialization_rate_mib_s;
};

struct ec2_block_device {
	const char *device_name;
	const char *virtual_name; /* "ephemeral0" */
	struct ec2_ebs_device ebs;
	const char *no_device; /* "" takes the source's mapping away */
};

struct ec2_describe_images {
	struct shape_list image_ids, owners, executable_users; /* strings */
	struct shape_list filters; /* struct ec2_filter */
	enum shape_bool include_deprecated, include_disabled;
	struct shape_uint max_results;
	const char *next_token;
	enum shape_bool dry_run;
};

struct ec2_state_reason {
	char *code, *message;
};

struct ec2_product_code {
	char *code, *type;
};

struct ec2_image {
	char *image_id, *image_location, *state, *owner_id, *creation_date;
	enum shape_bool is_public;
	char *architecture, *kernel_id, *ramdisk_id, *name, *description;
	char *root_device_name, *root_device_type, *virtualization_type;
	enum shape_bool ena_support;
	char *sriov_net_support, *boot_mode, *tpm_support, *imds_support;
	char *deprecation_time, *deregistration_protection;
	char *source_image_id, *source_image_region;
	char *usage_operation; /* "RunInstances"; more behind it is charged for */
	struct shape_list product_codes; /* struct ec2_product_code */
	struct shape_list block_devices; /* struct ec2_block_device */
	struct shape_list tags; /* struct ec2_tag */
	struct ec2_state_reason state_reason;
};

struct ec2_image_list {
	struct shape_list images; /* struct ec2_image */
	char *next_token;
};

struct ec2_describe_snapshots {
	struct shape_list snapshot_ids, owners, restorable_by; /* strings */
	struct shape_list filters; /* struct ec2_filter */
	struct shape_uint max_results;
	const char *next_token;
	enum shape_bool dry_run;
};

struct ec2_snapshot {
	char *snapshot_id, *volume_id, *state, *state_message;
	char *start_time, *completion_time, *progress; /* "100%" */
	char *owner_id, *description;
	struct shape_uint volume_size_gib, full_size_bytes;
	enum shape_bool encrypted;
	char *kms_key_id, *storage_tier;
	struct shape_list tags; /* struct ec2_tag */
};

struct ec2_snapshot_list {
	struct shape_list snapshots; /* struct ec2_snapshot */
	char *next_token;
};

struct ec2_register_image {
	const char *name, *description;
	const char *architecture; /* the service's default is i386 */
	const char *boot_mode, *tpm_support, *uefi_data, *imds_support;
	const char *virtualization_type; /* the service's default is paravirtual */
	const char *sriov_net_support;
	enum shape_bool ena_support;
	const char *root_device_name;
	struct shape_list block_devices; /* struct ec2_block_device */
	const char *kernel_id, *ramdisk_id, *image_location;
	struct shape_list billing_products; /* strings */
	struct shape_list tag_specifications; /* struct ec2_tag_specification */
	enum shape_bool dry_run;
};

/* What RegisterImage and CopyImage answer. */
struct ec2_image_id {
	char *image_id;
};

struct ec2_copy_image {
	const char *source_image_id, *source_region, *name, *description;
	const char *client_token;
	enum shape_bool encrypted;
	const char *kms_key_id;
	enum shape_bool copy_image_tags;
	struct shape_list tag_specifications; /* struct ec2_tag_specification */
	struct shape_uint completion_duration_minutes; /* of 15 */
	enum shape_bool dry_run;
};

struct ec2_deregister_image {
	const char *image_id;
	enum shape_bool delete_associated_snapshots;
	enum shape_bool dry_run;
};

struct ec2_create_tags {
	struct shape_list resource_ids; /* strings */
	struct shape_list tags; /* struct ec2_tag */
	enum shape_bool dry_run;
};

struct ec2_delete_snapshot {
	const char *snapshot_id;
	enum shape_bool dry_run;
};

extern const struct query_service ec2_service;

/* Where no answer is named above, none is kept. */
extern const struct query_action ec2_describe_images_action, /* ec2_image_list */
	ec2_describe_snapshots_action, /* ec2_snapshot_list */
	ec2_register_image_action, ec2_copy_image_action, /* ec2_image_id */
	ec2_deregister_image_action, ec2_create_tags_action, ec2_delete_snapshot_action;

/* All of them, ending with NULL. */
extern const struct query_action *const ec2_actions[];
