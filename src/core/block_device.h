/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Block device mappings as people write them:
 *
 *	/dev/sdb=ephemeral0
 *	/dev/sdf=size=20G,type=gp3,iops=4000,throughput=250,encrypted
 *	/dev/sdg=snapshot=snap-0123456789abcdef0,keep
 */
#pragma once

#include "aws/ec2.h"
#include "base/error.h"

/* By value: zeroes, block_device_release(). */
struct block_device {
	char *text; /* what the mapping points into */
	struct ec2_block_device mapping;
};

void block_device_release(struct block_device *d);

/* ERR_USAGE for what is none. */
int block_device_parse(const char *text, struct block_device *ret, struct error *err);

/* Whether type, IOPS and throughput go together, as far as that never changes. `what`
 * is for messages. */
int block_device_check(
	const struct ec2_ebs_device *ebs, const char *what, struct error *err);
