/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/ec2_sharing.h"

#include <stddef.h>

#define AT(member) offsetof(struct ec2_launch_permission, member)
static const struct shape_field launch_permission_fields[] = {
	{ "userId", AT(user_id), SHAPE_STRING, NULL },
	{ "group", AT(group), SHAPE_STRING, NULL },
	{ "organizationArn", AT(organization_arn), SHAPE_STRING, NULL },
	{ "organizationalUnitArn", AT(organizational_unit_arn), SHAPE_STRING, NULL },
};
#undef AT
static const struct shape launch_permission =
	SHAPE_OF(struct ec2_launch_permission, launch_permission_fields);

#define AT(member) offsetof(struct ec2_launch_permissions, member)
static const struct shape_field launch_permissions_fields[] = {
	{ "Add", AT(add), SHAPE_LIST, &launch_permission },
	{ "Remove", AT(remove), SHAPE_LIST, &launch_permission },
};
#undef AT
static const struct shape launch_permissions =
	SHAPE_OF(struct ec2_launch_permissions, launch_permissions_fields);

#define AT(member) offsetof(struct ec2_text_value, member)
static const struct shape_field text_value_fields[] = {
	{ "value", AT(value), SHAPE_STRING, NULL },
};
#undef AT
static const struct shape text_value = SHAPE_OF(struct ec2_text_value, text_value_fields);

#define AT(member) offsetof(struct ec2_modify_image_attribute, member)
static const struct shape_field modify_image_fields[] = {
	{ "ImageId", AT(image_id), SHAPE_STRING, NULL },
	{ "Attribute", AT(attribute), SHAPE_STRING, NULL },
	{ "OperationType", AT(operation_type), SHAPE_STRING, NULL },
	{ "Value", AT(value), SHAPE_STRING, NULL },
	{ "Description", AT(description), SHAPE_STRUCT, &text_value },
	{ "ImdsSupport", AT(imds_support), SHAPE_STRUCT, &text_value },
	{ "LaunchPermission", AT(launch_permission), SHAPE_STRUCT, &launch_permissions },
	{ "UserId", AT(user_ids), SHAPE_LIST, NULL },
	{ "UserGroup", AT(user_groups), SHAPE_LIST, NULL },
	{ "OrganizationArn", AT(organization_arns), SHAPE_LIST, NULL },
	{ "OrganizationalUnitArn", AT(organizational_unit_arns), SHAPE_LIST, NULL },
	{ "dryRun", AT(dry_run), SHAPE_BOOL, NULL },
};
#undef AT
static const struct shape modify_image =
	SHAPE_OF(struct ec2_modify_image_attribute, modify_image_fields);

#define AT(member) offsetof(struct ec2_describe_image_attribute, member)
static const struct shape_field describe_image_attribute_fields[] = {
	{ "ImageId", AT(image_id), SHAPE_STRING, NULL },
	{ "Attribute", AT(attribute), SHAPE_STRING, NULL },
	{ "dryRun", AT(dry_run), SHAPE_BOOL, NULL },
};
#undef AT
static const struct shape describe_image_attribute =
	SHAPE_OF(struct ec2_describe_image_attribute, describe_image_attribute_fields);

#define AT(member) offsetof(struct ec2_image_text, member)
static const struct shape_field image_text_fields[] = {
	{ "value", AT(value), SHAPE_STRING, NULL },
};
#undef AT
static const struct shape image_text = SHAPE_OF(struct ec2_image_text, image_text_fields);

#define AT(member) offsetof(struct ec2_image_attribute, member)
static const struct shape_field image_attribute_fields[] = {
	{ "launchPermission", AT(launch_permissions), SHAPE_LIST, &launch_permission },
	{ "uefiData", AT(uefi_data), SHAPE_STRUCT, &image_text },
};
#undef AT
static const struct shape image_attribute =
	SHAPE_OF(struct ec2_image_attribute, image_attribute_fields);

#define AT(member) offsetof(struct ec2_volume_permission, member)
static const struct shape_field volume_permission_fields[] = {
	{ "userId", AT(user_id), SHAPE_STRING, NULL },
	{ "group", AT(group), SHAPE_STRING, NULL },
};
#undef AT
static const struct shape volume_permission =
	SHAPE_OF(struct ec2_volume_permission, volume_permission_fields);

#define AT(member) offsetof(struct ec2_volume_permissions, member)
static const struct shape_field volume_permissions_fields[] = {
	{ "Add", AT(add), SHAPE_LIST, &volume_permission },
	{ "Remove", AT(remove), SHAPE_LIST, &volume_permission },
};
#undef AT
static const struct shape volume_permissions =
	SHAPE_OF(struct ec2_volume_permissions, volume_permissions_fields);

#define AT(member) offsetof(struct ec2_modify_snapshot_attribute, member)
static const struct shape_field modify_snapshot_fields[] = {
	{ "SnapshotId", AT(snapshot_id), SHAPE_STRING, NULL },
	{ "CreateVolumePermission", AT(create_volume_permission), SHAPE_STRUCT,
		&volume_permissions },
	{ "dryRun", AT(dry_run), SHAPE_BOOL, NULL },
};
#undef AT
static const struct shape modify_snapshot =
	SHAPE_OF(struct ec2_modify_snapshot_attribute, modify_snapshot_fields);

#define AT(member) offsetof(struct ec2_describe_snapshot_attribute, member)
static const struct shape_field describe_snapshot_attribute_fields[] = {
	{ "SnapshotId", AT(snapshot_id), SHAPE_STRING, NULL },
	{ "Attribute", AT(attribute), SHAPE_STRING, NULL },
	{ "dryRun", AT(dry_run), SHAPE_BOOL, NULL },
};
#undef AT
static const struct shape describe_snapshot_attribute = SHAPE_OF(
	struct ec2_describe_snapshot_attribute, describe_snapshot_attribute_fields);

#define AT(member) offsetof(struct ec2_snapshot_attribute, member)
static const struct shape_field snapshot_attribute_fields[] = {
	{ "createVolumePermission", AT(volume_permissions), SHAPE_LIST,
		&volume_permission },
};
#undef AT
static const struct shape snapshot_attribute =
	SHAPE_OF(struct ec2_snapshot_attribute, snapshot_attribute_fields);

static const struct shape_field dry_run_fields[] = {
	{ "DryRun", offsetof(struct ec2_dry_run, dry_run), SHAPE_BOOL, NULL },
};
static const struct shape dry_run = SHAPE_OF(struct ec2_dry_run, dry_run_fields);

#define AT(member) offsetof(struct ec2_image_block_public_access, member)
static const struct shape_field block_public_access_fields[] = {
	{ "imageBlockPublicAccessState", AT(state), SHAPE_STRING, NULL },
	{ "managedBy", AT(managed_by), SHAPE_STRING, NULL },
};
#undef AT
static const struct shape block_public_access =
	SHAPE_OF(struct ec2_image_block_public_access, block_public_access_fields);

#define AT(member) offsetof(struct ec2_enable_image_deprecation, member)
static const struct shape_field deprecation_fields[] = {
	{ "ImageId", AT(image_id), SHAPE_STRING, NULL },
	{ "DeprecateAt", AT(deprecate_at), SHAPE_STRING, NULL },
	{ "DryRun", AT(dry_run), SHAPE_BOOL, NULL },
};
#undef AT
static const struct shape deprecation =
	SHAPE_OF(struct ec2_enable_image_deprecation, deprecation_fields);

#define AT(member) offsetof(struct ec2_image_protection, member)
static const struct shape_field protection_fields[] = {
	{ "ImageId", AT(image_id), SHAPE_STRING, NULL },
	{ "DryRun", AT(dry_run), SHAPE_BOOL, NULL },
	{ "WithCooldown", AT(with_cooldown), SHAPE_BOOL, NULL },
};
#undef AT
static const struct shape protection =
	SHAPE_OF(struct ec2_image_protection, protection_fields);
static const struct shape end_of_protection = {
	.fields = protection_fields,
	.count = sizeof(protection_fields) / sizeof(protection_fields[0]) - 1,
	.size_bytes = sizeof(struct ec2_image_protection),
};

#define AT(member) offsetof(struct ec2_describe_regions, member)
static const struct shape_field describe_regions_fields[] = {
	{ "RegionName", AT(region_names), SHAPE_LIST, NULL },
	{ "AllRegions", AT(all_regions), SHAPE_BOOL, NULL },
	{ "dryRun", AT(dry_run), SHAPE_BOOL, NULL },
};
#undef AT
static const struct shape describe_regions =
	SHAPE_OF(struct ec2_describe_regions, describe_regions_fields);

#define AT(member) offsetof(struct ec2_region, member)
static const struct shape_field region_fields[] = {
	{ "regionName", AT(name), SHAPE_STRING, NULL },
	{ "optInStatus", AT(opt_in_status), SHAPE_STRING, NULL },
};
#undef AT
static const struct shape region = SHAPE_OF(struct ec2_region, region_fields);

static const struct shape_field region_list_fields[] = {
	{ "regionInfo", offsetof(struct ec2_region_list, regions), SHAPE_LIST, &region },
};
static const struct shape region_list =
	SHAPE_OF(struct ec2_region_list, region_list_fields);

const struct query_action ec2_modify_image_attribute_action = { "ModifyImageAttribute",
	&ec2_service, &modify_image, NULL };
const struct query_action ec2_describe_image_attribute_action = {
	"DescribeImageAttribute", &ec2_service, &describe_image_attribute,
	&image_attribute
};
const struct query_action ec2_modify_snapshot_attribute_action = {
	"ModifySnapshotAttribute", &ec2_service, &modify_snapshot, NULL
};
const struct query_action ec2_describe_snapshot_attribute_action = {
	"DescribeSnapshotAttribute", &ec2_service, &describe_snapshot_attribute,
	&snapshot_attribute
};
const struct query_action ec2_get_image_block_public_access_action = {
	"GetImageBlockPublicAccessState", &ec2_service, &dry_run, &block_public_access
};
const struct query_action ec2_enable_image_deprecation_action = {
	"EnableImageDeprecation", &ec2_service, &deprecation, NULL
};
const struct query_action ec2_enable_image_protection_action = {
	"EnableImageDeregistrationProtection", &ec2_service, &protection, NULL
};
const struct query_action ec2_disable_image_protection_action = {
	"DisableImageDeregistrationProtection", &ec2_service, &end_of_protection, NULL
};
const struct query_action ec2_describe_regions_action = { "DescribeRegions", &ec2_service,
	&describe_regions, &region_list };

const struct query_action *const ec2_sharing_actions[] = {
	&ec2_modify_image_attribute_action,
	&ec2_describe_image_attribute_action,
	&ec2_modify_snapshot_attribute_action,
	&ec2_describe_snapshot_attribute_action,
	&ec2_get_image_block_public_access_action,
	&ec2_enable_image_deprecation_action,
	&ec2_enable_image_protection_action,
	&ec2_disable_image_protection_action,
	&ec2_describe_regions_action,
	NULL,
};
