/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/image_replica.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "core/ec2_calls.h"
#include "core/image.h"

static bool is(const char *text, const char *other)
{
	return text && !strcmp(text, other);
}

static const char *or_null(const char *text)
{
	return text && *text ? text : NULL;
}

static size_t count_snapshots(const struct ec2_image *image)
{
	size_t count = 0;

	for (size_t i = 0; i < image->block_devices.count; i++)
		count += or_null(ec2_image_device(image, i)->ebs.snapshot_id) != NULL;
	return count;
}

const char *image_replica_obstacle(const struct ec2_image *image)
{
	if (!or_null(image_root_snapshot(image)))
		return "its root volume is made of no snapshot";
	if (count_snapshots(image) > 1)
		return "it has several snapshots";
	if (!is(image->virtualization_type, "hvm") || or_null(image->kernel_id) ||
		or_null(image->ramdisk_id))
		return "it is not of the virtualization type hvm";
	/* What is charged for, and by whom, goes along with a copy alone. */
	if (image->product_codes.count ||
		(or_null(image->usage_operation) &&
			!is(image->usage_operation, "RunInstances")))
		return "it is charged for, which a copy alone takes along";
	return NULL;
}

/* As RegisterImage takes it: it refuses what goes with other types of volumes. */
static struct ec2_block_device device_of(
	const struct ec2_block_device *from, const char *snapshot_id)
{
	const struct ec2_ebs_device *ebs = &from->ebs;
	const bool is_gp3 = is(ebs->volume_type, "gp3");
	struct ec2_block_device to = *from;

	to.virtual_name = or_null(from->virtual_name);
	to.ebs.kms_key_id = NULL;
	if (!or_null(ebs->snapshot_id))
		return to;
	to.ebs.snapshot_id = snapshot_id;
	to.ebs.encrypted = SHAPE_UNSET;
	if (!is_gp3 && !is(ebs->volume_type, "io1") && !is(ebs->volume_type, "io2"))
		to.ebs.iops = (struct shape_uint){ 0 };
	if (!is_gp3)
		to.ebs.throughput_mib_s = (struct shape_uint){ 0 };
	return to;
}

void image_replica_init(const struct ec2_image *source, const char *snapshot_id,
	const char *uefi_data, const struct shape_list *tags, struct image_replica *ret)
{
	const size_t count = source->block_devices.count;

	ret->devices = xcalloc(count, sizeof(*ret->devices));
	for (size_t i = 0; i < count; i++)
		ret->devices[i] = device_of(ec2_image_device(source, i), snapshot_id);
	ret->tagged = (struct ec2_tag_specification){ "image", *tags };
	ret->call = (struct ec2_register_image){
		.name = source->name,
		.description = or_null(source->description),
		.architecture = source->architecture,
		.boot_mode = or_null(source->boot_mode),
		.tpm_support = or_null(source->tpm_support),
		.uefi_data = or_null(uefi_data),
		.imds_support = or_null(source->imds_support),
		.virtualization_type = source->virtualization_type,
		.sriov_net_support = or_null(source->sriov_net_support),
		.ena_support =
			source->ena_support == SHAPE_TRUE ? SHAPE_TRUE : SHAPE_UNSET,
		.root_device_name = source->root_device_name,
		.block_devices = { ret->devices, count },
		.tag_specifications = { &ret->tagged, 1 },
	};
}

void image_replica_release(struct image_replica *r)
{
	free(r->devices);
	*r = (struct image_replica){ 0 };
}
