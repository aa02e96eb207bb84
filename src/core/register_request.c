/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/register_request.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/words.h"
#include "core/block_device.h"
#include "core/ec2_calls.h"
#include "core/run_tags.h"

enum { DESCRIPTION_MOST_CHARS = 255 };

static const char root_default[] = "/dev/xvda", root_default_pv[] = "/dev/sda1";

static bool is(const char *text, const char *other)
{
	return text && !strcmp(text, other);
}

static bool can_boot_uefi(const struct register_image *i)
{
	return is(i->boot_mode, "uefi") || is(i->boot_mode, "uefi-preferred") ||
	       (!i->boot_mode && is(i->architecture, "arm64"));
}

static int check_boot(const struct register_image *i, struct error *err)
{
	if (!i->architecture)
		return error_set(err, ERR_USAGE, 0,
			"the image's architecture is not known: give --arch or "
			"--manifest");
	if (is(i->architecture, "arm64") &&
		(is(i->boot_mode, "legacy-bios") || is(i->boot_mode, "uefi-preferred")))
		return error_set(err, ERR_USAGE, 0, "arm64 boots by UEFI, not by %s",
			i->boot_mode);
	if (i->has_tpm && !can_boot_uefi(i))
		return error_set(err, ERR_USAGE, 0,
			"a TPM needs the boot mode uefi, not %s",
			i->boot_mode ? i->boot_mode : "that of the service's choice");
	if (i->uefi_data && !can_boot_uefi(i))
		return error_set(err, ERR_USAGE, 0,
			"UEFI data are of use with the boot mode uefi alone");
	if (i->ramdisk_id && !i->kernel_id)
		return error_set(err, ERR_USAGE, 0, "a RAM disk needs a kernel");
	if (i->kernel_id && (i->boot_mode || i->has_tpm || i->uefi_data))
		return error_set(err, ERR_USAGE, 0,
			"with a kernel of its own the image is paravirtual, and has "
			"neither boot mode nor TPM nor UEFI data");
	return 0;
}

static struct ec2_ebs_device root_volume(const struct register_image *i)
{
	return (struct ec2_ebs_device){
		.snapshot_id = i->snapshot_id,
		.delete_on_termination = SHAPE_TRUE,
		.volume_type = i->volume_type ? i->volume_type : "gp3",
		.volume_size_gib = i->volume_size_gib,
		.iops = i->iops,
		.throughput_mib_s = i->throughput_mib_s,
	};
}

static const char *root_name(const struct register_image *i)
{
	if (i->root_device)
		return i->root_device;
	return i->kernel_id ? root_default_pv : root_default;
}

int register_image_check(const struct register_image *i, struct error *err)
{
	const struct ec2_ebs_device root = root_volume(i);

	if (!ec2_id_is_valid(i->snapshot_id, "snap-"))
		return error_set(err, ERR_USAGE, 0,
			"'%s' is not a snapshot id (snap-0123456789abcdef0)",
			i->snapshot_id);
	if (i->description && strlen(i->description) > DESCRIPTION_MOST_CHARS)
		return error_set(err, ERR_USAGE, 0,
			"the description is longer than %d characters",
			DESCRIPTION_MOST_CHARS);
	if (i->tag_count > RUN_TAGS_MOST - RUN_TAGS_OURS)
		return error_set(err, ERR_USAGE, 0,
			"%zu tags: an image can have %d, and %d of them are amiwright's",
			i->tag_count, RUN_TAGS_MOST, RUN_TAGS_OURS);
	for (size_t n = 0; n < i->device_count; n++)
		if (is(i->devices[n].device_name, root_name(i)))
			return error_set(err, ERR_USAGE, 0,
				"%s is the root device: its volume is told by "
				"--volume-size, --volume-type, --iops and --throughput",
				root_name(i));
	if (block_device_check(&root, "the root volume", err) < 0)
		return -1;
	return check_boot(i, err);
}

static void add_tags(
	const struct register_image *i, const char *run_id, struct register_request *r)
{
	size_t count = i->tag_count;

	r->tags = xcalloc(count + RUN_TAGS_OURS, sizeof(*r->tags));
	if (count)
		memcpy(r->tags, i->tags, count * sizeof(*r->tags));
	r->tags[count++] = (struct ec2_tag){ RUN_TAG_ID, run_id };
	r->tags[count++] = (struct ec2_tag){ RUN_TAG_STATE, RUN_STATE_UNFINISHED };
	if (i->family)
		r->tags[count++] = (struct ec2_tag){ RUN_TAG_FAMILY, i->family };
	r->tagged.resource_type = "image";
	r->tagged.tags = (struct shape_list){ r->tags, count };
}

void register_request_init(
	const struct register_image *i, const char *run_id, struct register_request *ret)
{
	const bool is_x86 = is(i->architecture, "x86_64"), is_hvm = !i->kernel_id;
	struct register_request r = { 0 };

	r.devices = xcalloc(i->device_count + 1, sizeof(*r.devices));
	r.devices[0].device_name = root_name(i);
	r.devices[0].ebs = root_volume(i);
	if (i->device_count)
		memcpy(r.devices + 1, i->devices, i->device_count * sizeof(*r.devices));
	add_tags(i, run_id, &r);
	r.call = (struct ec2_register_image){
		.name = i->name,
		.description = i->description,
		.architecture = i->architecture,
		.boot_mode = i->boot_mode,
		.tpm_support = i->has_tpm ? "v2.0" : NULL,
		.uefi_data = i->uefi_data,
		.imds_support = i->allows_imds_v1 ? NULL : "v2.0",
		.virtualization_type = is_hvm ? "hvm" : "paravirtual",
		.sriov_net_support =
			is_hvm && is_x86 && !i->has_no_sriov ? "simple" : NULL,
		.ena_support = is_hvm && !i->has_no_ena ? SHAPE_TRUE : SHAPE_UNSET,
		.root_device_name = r.devices[0].device_name,
		.block_devices = { r.devices, i->device_count + 1 },
		.kernel_id = i->kernel_id,
		.ramdisk_id = i->ramdisk_id,
		.tag_specifications = { NULL, 1 },
	};
	*ret = r;
	ret->call.tag_specifications.items = &ret->tagged;
}

void register_request_release(struct register_request *r)
{
	free(r->devices);
	free(r->tags);
	*r = (struct register_request){ 0 };
}

static const char *or_none(const char *text)
{
	return text && *text ? text : "none";
}

/* NULL is not asked for, and the service's choice. */
static bool text_differs(const char *what, const char *wanted, const char *has,
	struct strbuf *ret_difference)
{
	if (!wanted || is(has, wanted))
		return false;
	strbuf_addf(ret_difference, "its %s is %s and not %s", what, has ? has : "none",
		wanted);
	return true;
}

static bool number_differs(const char *what, struct shape_uint wanted,
	struct shape_uint has, struct strbuf *ret_difference)
{
	if (!wanted.set || (has.set && has.value == wanted.value))
		return false;
	strbuf_addf(ret_difference, "its %s is %" PRIu64 " and not %" PRIu64, what,
		has.value, wanted.value);
	return true;
}

static const struct ec2_block_device *find_device(
	const struct ec2_image *image, const char *name)
{
	for (size_t i = 0; i < image->block_devices.count; i++)
		if (is(ec2_image_device(image, i)->device_name, name))
			return ec2_image_device(image, i);
	return NULL;
}

static bool device_differs(const struct ec2_block_device *wanted,
	const struct ec2_image *image, struct strbuf *difference)
{
	const struct ec2_block_device *has = find_device(image, wanted->device_name);
	const struct ec2_ebs_device *a = &wanted->ebs, *b;

	if (!has) {
		strbuf_addf(difference, "it has no %s", wanted->device_name);
		return true;
	}
	b = &has->ebs;
	return text_differs("snapshot", a->snapshot_id, b->snapshot_id, difference) ||
	       text_differs("instance store", wanted->virtual_name, has->virtual_name,
		       difference) ||
	       text_differs("volume type", a->volume_type, b->volume_type, difference) ||
	       number_differs("volume size", a->volume_size_gib, b->volume_size_gib,
		       difference) ||
	       number_differs("IOPS", a->iops, b->iops, difference) ||
	       number_differs("throughput", a->throughput_mib_s, b->throughput_mib_s,
		       difference);
}

bool register_request_is_of(const struct register_request *r,
	const struct ec2_image *image, struct strbuf *ret_difference)
{
	const struct ec2_register_image *wanted = &r->call;
	const struct {
		const char *what, *wanted, *has;
	} texts[] = {
		{ "architecture", wanted->architecture, image->architecture },
		{ "boot mode", wanted->boot_mode, image->boot_mode },
		{ "TPM", or_none(wanted->tpm_support), or_none(image->tpm_support) },
		{ "IMDS", wanted->imds_support ? wanted->imds_support : "v1",
			image->imds_support ? image->imds_support : "v1" },
		{ "virtualization", wanted->virtualization_type,
			image->virtualization_type },
		{ "SR-IOV", or_none(wanted->sriov_net_support),
			or_none(image->sriov_net_support) },
		{ "ENA", wanted->ena_support == SHAPE_TRUE ? "on" : "off",
			image->ena_support == SHAPE_TRUE ? "on" : "off" },
		{ "root device", wanted->root_device_name, image->root_device_name },
		{ "kernel", or_none(wanted->kernel_id), or_none(image->kernel_id) },
		{ "RAM disk", or_none(wanted->ramdisk_id), or_none(image->ramdisk_id) },
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (text_differs(
			    texts[i].what, texts[i].wanted, texts[i].has, ret_difference))
			return false;
	for (size_t i = 0; i < wanted->block_devices.count; i++)
		if (device_differs(&r->devices[i], image, ret_difference))
			return false;
	if (image->block_devices.count == wanted->block_devices.count)
		return true;
	strbuf_addf(ret_difference, "it has %zu device%s and not %zu",
		image->block_devices.count, plural_s(image->block_devices.count),
		wanted->block_devices.count);
	return false;
}
