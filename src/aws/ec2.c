/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/ec2.h"

#include <stddef.h>

const struct query_service ec2_service = { .version = "2016-11-15" };

/* Names begin as they do in answers; query.c writes them with a capital in requests. */

#define AT(member) offsetof(struct ec2_tag, member)
static const struct shape_field tag_fields[] = {
	{ "key", AT(key), SHAPE_STRING, NULL },
	{ "value", AT(value), SHAPE_STRING, NULL },
};
#undef AT
static const struct shape tag = SHAPE_OF(struct ec2_tag, tag_fields);

#define AT(member) offsetof(struct ec2_tag_specification, member)
static const struct shape_field tag_specification_fields[] = {
	{ "resourceType", AT(resource_type), SHAPE_STRING, NULL },
	{ "Tag", AT(tags), SHAPE_LIST, &tag },
};
#undef AT
static const struct shape tag_specification =
	SHAPE_OF(struct ec2_tag_specification, tag_specification_fields);

#define AT(member) offsetof(struct ec2_filter, member)
static const struct shape_field filter_fields[] = {
	{ "Name", AT(name), SHAPE_STRING, NULL },
	{ "Value", AT(values), SHAPE_LIST, NULL },
};
#undef AT
static const struct shape filter = SHAPE_OF(struct ec2_filter, filter_fields);

#define AT(member) offsetof(struct ec2_ebs_device, member)
static const struct shape_field ebs_device_fields[] = {
	{ "deleteOnTermination", AT(delete_on_termination), SHAPE_BOOL, NULL },
	{ "iops", AT(iops), SHAPE_UINT, NULL },
	{ "snapshotId", AT(snapshot_id), SHAPE_STRING, NULL },
	{ "volumeSize", AT(volume_size_gib), SHAPE_UINT, NULL },
	{ "volumeType", AT(volume_type), SHAPE_STRING, NULL },
	{ "kmsKeyId", AT(kms_key_id), SHAPE_STRING, NULL },
	{ "throughput", AT(throughput_mib_s), SHAPE_UINT, NULL },
	{ "encrypted", AT(encrypted), SHAPE_BOOL, NULL },
	{ "VolumeInitializationRate", AT(volume_initialization_rate_mib_s), SHAPE_UINT,
		NULL },
};
#undef AT
static const struct shape ebs_device = SHAPE_OF(struct ec2_ebs_device, ebs_device_fields);

#define AT(member) offsetof(struct ec2_block_device, member)
static const struct shape_field block_device_fields[] = {
	{ "deviceName", AT(device_name), SHAPE_STRING, NULL },
	{ "virtualName", AT(virtual_name), SHAPE_STRING, NULL },
	{ "ebs", AT(ebs), SHAPE_STRUCT, &ebs_device },
	{ "noDevice", AT(no_device), SHAPE_STRING, NULL },
};
#undef AT
static const struct shape block_device =
	SHAPE_OF(struct ec2_block_device, block_device_fields);

#define AT(member) offsetof(struct ec2_describe_images, member)
static const struct shape_field describe_images_fields[] = {
	{ "ImageId", AT(image_ids), SHAPE_LIST, NULL },
	{ "Owner", AT(owners), SHAPE_LIST, NULL },
	{ "ExecutableBy", AT(executable_users), SHAPE_LIST, NULL },
	{ "Filter", AT(filters), SHAPE_LIST, &filter },
	{ "IncludeDeprecated", AT(include_deprecated), SHAPE_BOOL, NULL },
	{ "IncludeDisabled", AT(include_disabled), SHAPE_BOOL, NULL },
	{ "MaxResults", AT(max_results), SHAPE_UINT, NULL },
	{ "NextToken", AT(next_token), SHAPE_STRING, NULL },
	{ "dryRun", AT(dry_run), SHAPE_BOOL, NULL },
};
#undef AT
static const struct shape describe_images =
	SHAPE_OF(struct ec2_describe_images, describe_images_fields);

#define AT(member) offsetof(struct ec2_state_reason, member)
static const struct shape_field state_reason_fields[] = {
	{ "code", AT(code), SHAPE_STRING, NULL },
	{ "message", AT(message), SHAPE_STRING, NULL },
};
#undef AT
static const struct shape state_reason =
	SHAPE_OF(struct ec2_state_reason, state_reason_fields);

#define AT(member) offsetof(struct ec2_product_code, member)
static const struct shape_field product_code_fields[] = {
	{ "productCode", AT(code), SHAPE_STRING, NULL },
	{ "type", AT(type), SHAPE_STRING, NULL },
};
#undef AT
static const struct shape product_code =
	SHAPE_OF(struct ec2_product_code, product_code_fields);

#define AT(member) offsetof(struct ec2_image, member)
static const struct shape_field image_fields[] = {
	{ "imageId", AT(image_id), SHAPE_STRING, NULL },
	{ "imageLocation", AT(image_location), SHAPE_STRING, NULL },
	{ "imageState", AT(state), SHAPE_STRING, NULL },
	{ "imageOwnerId", AT(owner_id), SHAPE_STRING, NULL },
	{ "creationDate", AT(creation_date), SHAPE_STRING, NULL },
	{ "isPublic", AT(is_public), SHAPE_BOOL, NULL },
	{ "architecture", AT(architecture), SHAPE_STRING, NULL },
	{ "kernelId", AT(kernel_id), SHAPE_STRING, NULL },
	{ "ramdiskId", AT(ramdisk_id), SHAPE_STRING, NULL },
	{ "name", AT(name), SHAPE_STRING, NULL },
	{ "description", AT(description), SHAPE_STRING, NULL },
	{ "rootDeviceName", AT(root_device_name), SHAPE_STRING, NULL },
	{ "rootDeviceType", AT(root_device_type), SHAPE_STRING, NULL },
	{ "virtualizationType", AT(virtualization_type), SHAPE_STRING, NULL },
	{ "enaSupport", AT(ena_support), SHAPE_BOOL, NULL },
	{ "sriovNetSupport", AT(sriov_net_support), SHAPE_STRING, NULL },
	{ "bootMode", AT(boot_mode), SHAPE_STRING, NULL },
	{ "tpmSupport", AT(tpm_support), SHAPE_STRING, NULL },
	{ "imdsSupport", AT(imds_support), SHAPE_STRING, NULL },
	{ "deprecationTime", AT(deprecation_time), SHAPE_STRING, NULL },
	{ "deregistrationProtection", AT(deregistration_protection), SHAPE_STRING, NULL },
	{ "sourceImageId", AT(source_image_id), SHAPE_STRING, NULL },
	{ "sourceImageRegion", AT(source_image_region), SHAPE_STRING, NULL },
	{ "usageOperation", AT(usage_operation), SHAPE_STRING, NULL },
	{ "productCodes", AT(product_codes), SHAPE_LIST, &product_code },
	{ "blockDeviceMapping", AT(block_devices), SHAPE_LIST, &block_device },
	{ "tagSet", AT(tags), SHAPE_LIST, &tag },
	{ "stateReason", AT(state_reason), SHAPE_STRUCT, &state_reason },
};
#undef AT
static const struct shape image = SHAPE_OF(struct ec2_image, image_fields);

#define AT(member) offsetof(struct ec2_image_list, member)
static const struct shape_field image_list_fields[] = {
	{ "imagesSet", AT(images), SHAPE_LIST, &image },
	{ "nextToken", AT(next_token), SHAPE_STRING, NULL },
};
#undef AT
static const struct shape image_list = SHAPE_OF(struct ec2_image_list, image_list_fields);

#define AT(member) offsetof(struct ec2_describe_snapshots, member)
static const struct shape_field describe_snapshots_fields[] = {
	{ "SnapshotId", AT(snapshot_ids), SHAPE_LIST, NULL },
	{ "Owner", AT(owners), SHAPE_LIST, NULL },
	{ "RestorableBy", AT(restorable_by), SHAPE_LIST, NULL },
	{ "Filter", AT(filters), SHAPE_LIST, &filter },
	{ "MaxResults", AT(max_results), SHAPE_UINT, NULL },
	{ "NextToken", AT(next_token), SHAPE_STRING, NULL },
	{ "dryRun", AT(dry_run), SHAPE_BOOL, NULL },
};
#undef AT
static const struct shape describe_snapshots =
	SHAPE_OF(struct ec2_describe_snapshots, describe_snapshots_fields);

#define AT(member) offsetof(struct ec2_snapshot, member)
static const struct shape_field snapshot_fields[] = {
	{ "snapshotId", AT(snapshot_id), SHAPE_STRING, NULL },
	{ "volumeId", AT(volume_id), SHAPE_STRING, NULL },
	{ "status", AT(state), SHAPE_STRING, NULL },
	{ "statusMessage", AT(state_message), SHAPE_STRING, NULL },
	{ "startTime", AT(start_time), SHAPE_STRING, NULL },
	{ "completionTime", AT(completion_time), SHAPE_STRING, NULL },
	{ "progress", AT(progress), SHAPE_STRING, NULL },
	{ "ownerId", AT(owner_id), SHAPE_STRING, NULL },
	{ "description", AT(description), SHAPE_STRING, NULL },
	{ "volumeSize", AT(volume_size_gib), SHAPE_UINT, NULL },
	{ "fullSnapshotSizeInBytes", AT(full_size_bytes), SHAPE_UINT, NULL },
	{ "encrypted", AT(encrypted), SHAPE_BOOL, NULL },
	{ "kmsKeyId", AT(kms_key_id), SHAPE_STRING, NULL },
	{ "storageTier", AT(storage_tier), SHAPE_STRING, NULL },
	{ "tagSet", AT(tags), SHAPE_LIST, &tag },
};
#undef AT
static const struct shape snapshot = SHAPE_OF(struct ec2_snapshot, snapshot_fields);

#define AT(member) offsetof(struct ec2_snapshot_list, member)
static const struct shape_field snapshot_list_fields[] = {
	{ "snapshotSet", AT(snapshots), SHAPE_LIST, &snapshot },
	{ "nextToken", AT(next_token), SHAPE_STRING, NULL },
};
#undef AT
static const struct shape snapshot_list =
	SHAPE_OF(struct ec2_snapshot_list, snapshot_list_fields);

#define AT(member) offsetof(struct ec2_register_image, member)
static const struct shape_field register_image_fields[] = {
	{ "name", AT(name), SHAPE_STRING, NULL },
	{ "description", AT(description), SHAPE_STRING, NULL },
	{ "architecture", AT(architecture), SHAPE_STRING, NULL },
	{ "BootMode", AT(boot_mode), SHAPE_STRING, NULL },
	{ "TpmSupport", AT(tpm_support), SHAPE_STRING, NULL },
	{ "UefiData", AT(uefi_data), SHAPE_STRING, NULL },
	{ "ImdsSupport", AT(imds_support), SHAPE_STRING, NULL },
	{ "virtualizationType", AT(virtualization_type), SHAPE_STRING, NULL },
	{ "sriovNetSupport", AT(sriov_net_support), SHAPE_STRING, NULL },
	{ "enaSupport", AT(ena_support), SHAPE_BOOL, NULL },
	{ "rootDeviceName", AT(root_device_name), SHAPE_STRING, NULL },
	{ "BlockDeviceMapping", AT(block_devices), SHAPE_LIST, &block_device },
	{ "kernelId", AT(kernel_id), SHAPE_STRING, NULL },
	{ "ramdiskId", AT(ramdisk_id), SHAPE_STRING, NULL },
	{ "ImageLocation", AT(image_location), SHAPE_STRING, NULL },
	{ "BillingProduct", AT(billing_products), SHAPE_LIST, NULL },
	{ "TagSpecification", AT(tag_specifications), SHAPE_LIST, &tag_specification },
	{ "dryRun", AT(dry_run), SHAPE_BOOL, NULL },
};
#undef AT
static const struct shape register_image =
	SHAPE_OF(struct ec2_register_image, register_image_fields);

#define AT(member) offsetof(struct ec2_image_id, member)
static const struct shape_field image_id_fields[] = {
	{ "imageId", AT(image_id), SHAPE_STRING, NULL },
};
#undef AT
static const struct shape image_id = SHAPE_OF(struct ec2_image_id, image_id_fields);

#define AT(member) offsetof(struct ec2_copy_image, member)
static const struct shape_field copy_image_fields[] = {
	{ "SourceImageId", AT(source_image_id), SHAPE_STRING, NULL },
	{ "SourceRegion", AT(source_region), SHAPE_STRING, NULL },
	{ "Name", AT(name), SHAPE_STRING, NULL },
	{ "Description", AT(description), SHAPE_STRING, NULL },
	{ "ClientToken", AT(client_token), SHAPE_STRING, NULL },
	{ "encrypted", AT(encrypted), SHAPE_BOOL, NULL },
	{ "kmsKeyId", AT(kms_key_id), SHAPE_STRING, NULL },
	{ "CopyImageTags", AT(copy_image_tags), SHAPE_BOOL, NULL },
	{ "TagSpecification", AT(tag_specifications), SHAPE_LIST, &tag_specification },
	{ "SnapshotCopyCompletionDurationMinutes", AT(completion_duration_minutes),
		SHAPE_UINT, NULL },
	{ "dryRun", AT(dry_run), SHAPE_BOOL, NULL },
};
#undef AT
static const struct shape copy_image = SHAPE_OF(struct ec2_copy_image, copy_image_fields);

#define AT(member) offsetof(struct ec2_create_tags, member)
static const struct shape_field create_tags_fields[] = {
	{ "ResourceId", AT(resource_ids), SHAPE_LIST, NULL },
	{ "Tag", AT(tags), SHAPE_LIST, &tag },
	{ "dryRun", AT(dry_run), SHAPE_BOOL, NULL },
};
#undef AT
static const struct shape create_tags =
	SHAPE_OF(struct ec2_create_tags, create_tags_fields);

#define AT(member) offsetof(struct ec2_delete_snapshot, member)
static const struct shape_field delete_snapshot_fields[] = {
	{ "SnapshotId", AT(snapshot_id), SHAPE_STRING, NULL },
	{ "dryRun", AT(dry_run), SHAPE_BOOL, NULL },
};
#undef AT
static const struct shape delete_snapshot =
	SHAPE_OF(struct ec2_delete_snapshot, delete_snapshot_fields);

#define AT(member) offsetof(struct ec2_deregister_image, member)
static const struct shape_field deregister_image_fields[] = {
	{ "ImageId", AT(image_id), SHAPE_STRING, NULL },
	{ "DeleteAssociatedSnapshots", AT(delete_associated_snapshots), SHAPE_BOOL,
		NULL },
	{ "dryRun", AT(dry_run), SHAPE_BOOL, NULL },
};
#undef AT
static const struct shape deregister_image =
	SHAPE_OF(struct ec2_deregister_image, deregister_image_fields);

const struct query_action ec2_describe_images_action = { "DescribeImages", &ec2_service,
	&describe_images, &image_list };
const struct query_action ec2_describe_snapshots_action = { "DescribeSnapshots",
	&ec2_service, &describe_snapshots, &snapshot_list };
const struct query_action ec2_register_image_action = { "RegisterImage", &ec2_service,
	&register_image, &image_id };
const struct query_action ec2_copy_image_action = { "CopyImage", &ec2_service,
	&copy_image, &image_id };
const struct query_action ec2_deregister_image_action = { "DeregisterImage", &ec2_service,
	&deregister_image, NULL };
const struct query_action ec2_create_tags_action = { "CreateTags", &ec2_service,
	&create_tags, NULL };
const struct query_action ec2_delete_snapshot_action = { "DeleteSnapshot", &ec2_service,
	&delete_snapshot, NULL };

const struct query_action *const ec2_actions[] = {
	&ec2_describe_images_action,
	&ec2_describe_snapshots_action,
	&ec2_register_image_action,
	&ec2_copy_image_action,
	&ec2_deregister_image_action,
	&ec2_create_tags_action,
	&ec2_delete_snapshot_action,
	NULL,
};
