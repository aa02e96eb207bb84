/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * EC2's API as far as it is about who may use an image, until when, and where; as
 * ec2.h.
 */
#pragma once

#include "aws/ec2.h"

struct ec2_launch_permission { /* one of these */
	const char *user_id, *group, *organization_arn, *organizational_unit_arn;
};

struct ec2_launch_permissions {
	struct shape_list add, remove; /* struct ec2_launch_permission */
};

struct ec2_text_value {
	const char *value;
};

struct ec2_modify_image_attribute {
	const char *image_id;
	const char *attribute, *operation_type, *value;
	struct ec2_text_value description, imds_support;
	struct ec2_launch_permissions launch_permission;
	/* strings */
	struct shape_list user_ids, user_groups, organization_arns,
		organizational_unit_arns;
	enum shape_bool dry_run;
};

struct ec2_describe_image_attribute {
	const char *image_id, *attribute; /* "launchPermission", "uefiData" */
	enum shape_bool dry_run;
};

struct ec2_image_text { /* an attribute of which the answer has the value */
	char *value;
};

struct ec2_image_attribute {
	struct shape_list launch_permissions; /* struct ec2_launch_permission */
	struct ec2_image_text uefi_data; /* base64 */
};

struct ec2_volume_permission { /* one of these */
	const char *user_id, *group;
};

struct ec2_volume_permissions {
	struct shape_list add, remove; /* struct ec2_volume_permission */
};

struct ec2_modify_snapshot_attribute {
	const char *snapshot_id;
	struct ec2_volume_permissions create_volume_permission;
	enum shape_bool dry_run;
};

struct ec2_describe_snapshot_attribute {
	const char *snapshot_id, *attribute; /* "createVolumePermission" */
	enum shape_bool dry_run;
};

struct ec2_snapshot_attribute {
	struct shape_list volume_permissions; /* struct ec2_volume_permission */
};

struct ec2_dry_run { /* of an action that asks for nothing else */
	enum shape_bool dry_run;
};

struct ec2_image_block_public_access {
	char *state; /* "unblocked", "block-new-sharing" */
	char *managed_by; /* "account", "declarative-policy" */
};

struct ec2_enable_image_deprecation {
	const char *image_id;
	const char *deprecate_at; /* ISO 8601; the service rounds it to a minute */
	enum shape_bool dry_run;
};

/* EnableImageDeregistrationProtection, and DisableImage…, which has no cooldown. */
struct ec2_image_protection {
	const char *image_id;
	enum shape_bool with_cooldown;
	enum shape_bool dry_run;
};

struct ec2_describe_regions {
	struct shape_list region_names; /* strings */
	enum shape_bool all_regions; /* also those that the account has not enabled */
	enum shape_bool dry_run;
};

struct ec2_region {
	char *name, *opt_in_status;
};

struct ec2_region_list {
	struct shape_list regions; /* struct ec2_region */
};

extern const struct query_action ec2_modify_image_attribute_action,
	ec2_describe_image_attribute_action, /* ec2_image_attribute */
	ec2_modify_snapshot_attribute_action,
	ec2_describe_snapshot_attribute_action, /* ec2_snapshot_attribute */
	ec2_get_image_block_public_access_action, /* ec2_image_block_public_access */
	ec2_enable_image_deprecation_action, ec2_enable_image_protection_action,
	ec2_disable_image_protection_action,
	ec2_describe_regions_action; /* ec2_region_list */

/* All of them, ending with NULL. */
extern const struct query_action *const ec2_sharing_actions[];
