/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is asked of RegisterImage: from what the user said, with the defaults that a Linux
 * image of today needs. And whether an image is what was asked for.
 */
#pragma once

#include "aws/ec2.h"
#include "base/error.h"
#include "base/strbuf.h"

/* All of it is the caller's. NULL or zero: the default. */
struct register_image {
	const char *snapshot_id;
	const char *name; /* image_name_make() */
	const char *description;
	const char *architecture;
	const char *boot_mode; /* the default is the service's, by architecture */
	bool allows_imds_v1; /* else IMDSv2 alone */
	bool has_tpm;
	const char *uefi_data; /* base64 */
	bool has_no_ena, has_no_sriov;
	const char *root_device; /* default: /dev/xvda */
	const char *volume_type; /* default: gp3 */
	struct shape_uint volume_size_gib; /* default: the snapshot's */
	struct shape_uint iops, throughput_mib_s;
	const struct ec2_block_device *devices; /* besides the root's */
	size_t device_count;
	const char *kernel_id, *ramdisk_id; /* then it is paravirtual: PV-GRUB */
	const char *family;
	const struct ec2_tag *tags;
	size_t tag_count;
};

/* ERR_USAGE for what cannot go together; nothing is asked of anybody. */
int register_image_check(const struct register_image *i, struct error *err);

/* By value; points into what it was made of. register_request_release(). */
struct register_request {
	struct ec2_register_image call;
	struct ec2_block_device *devices;
	struct ec2_tag *tags;
	struct ec2_tag_specification tagged;
};

/* With the tags of a run that is not finished. */
void register_request_init(
	const struct register_image *i, const char *run_id, struct register_request *ret);
void register_request_release(struct register_request *r);
static inline void register_request_releasep(struct register_request *r)
{
	register_request_release(r);
}

/* Whether an image is what is asked for, as far as a list of images shows. If not, what
 * differs is appended for people: "its architecture is arm64 and not x86_64".
 * Descriptions and tags may differ: register_labels.h. */
bool register_request_is_of(const struct register_request *r,
	const struct ec2_image *image, struct strbuf *ret_difference);
