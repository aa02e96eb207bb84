/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * AWS's regions and the partitions that they are in.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "aws/aws_config.h"
#include "base/error.h"

struct region_partition {
	const char *name; /* "aws-cn" */
	const char *dns_suffix; /* "amazonaws.com.cn" */
	const char *dual_stack_suffix;
	bool no_s3_fips; /* S3 has no FIPS endpoints there */
	const char *const *prefixes; /* of its regions: "cn-"; NULL-terminated */
	const char *const *regions; /* those that are known; NULL-terminated */
};

/* By index, NULL behind the last. */
const struct region_partition *region_partition_at(size_t index);

/* Of a region, known or not, by how it is written; NULL: no partition writes them so. */
const struct region_partition *region_partition(const char *region);

/* ERR_USAGE, with the nearest name, for one that is not known. */
int region_check(const char *region, struct error *err);

/*
 * The region to work in: `option` (or NULL), AWS_REGION, AWS_DEFAULT_REGION, the
 * profile's. ERR_USAGE when none of them says one. Whether it is known is not asked here:
 * with endpoints of its own a region may have any name.
 */
int region_resolve(const struct aws_config *c, const char *option, const char **ret,
	struct error *err);
