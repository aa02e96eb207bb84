/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/region.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/words.h"

#define LIST(...)                 \
	(const char *const[])     \
	{                         \
		__VA_ARGS__, NULL \
	}

/*
 * From the partitions.json that AWS publishes with its SDKs (here: with botocore 1.43).
 * S3 has no FIPS endpoints in China, says its own rule set.
 */
static const struct region_partition partitions[] = {
	{
		.name = "aws",
		.dns_suffix = "amazonaws.com",
		.dual_stack_suffix = "api.aws",
		.prefixes = LIST(
			"us-", "eu-", "ap-", "sa-", "ca-", "me-", "af-", "il-", "mx-"),
		.regions = LIST("af-south-1", "ap-east-1", "ap-east-2", "ap-northeast-1",
			"ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-south-2",
			"ap-southeast-1", "ap-southeast-2", "ap-southeast-3",
			"ap-southeast-4", "ap-southeast-5", "ap-southeast-6",
			"ap-southeast-7", "ca-central-1", "ca-west-1", "eu-central-1",
			"eu-central-2", "eu-north-1", "eu-south-1", "eu-south-2",
			"eu-west-1", "eu-west-2", "eu-west-3", "il-central-1",
			"me-central-1", "me-south-1", "mx-central-1", "sa-east-1",
			"us-east-1", "us-east-2", "us-west-1", "us-west-2"),
	},
	{
		.name = "aws-cn",
		.dns_suffix = "amazonaws.com.cn",
		.dual_stack_suffix = "api.amazonwebservices.com.cn",
		.no_s3_fips = true,
		.prefixes = LIST("cn-"),
		.regions = LIST("cn-north-1", "cn-northwest-1"),
	},
	{
		.name = "aws-eusc",
		.dns_suffix = "amazonaws.eu",
		.dual_stack_suffix = "api.amazonwebservices.eu",
		.prefixes = LIST("eusc-de-"),
		.regions = LIST("eusc-de-east-1"),
	},
	{
		.name = "aws-iso",
		.dns_suffix = "c2s.ic.gov",
		.dual_stack_suffix = "api.aws.ic.gov",
		.prefixes = LIST("us-iso-"),
		.regions = LIST("us-iso-east-1", "us-iso-west-1"),
	},
	{
		.name = "aws-iso-b",
		.dns_suffix = "sc2s.sgov.gov",
		.dual_stack_suffix = "api.aws.scloud",
		.prefixes = LIST("us-isob-"),
		.regions = LIST("us-isob-east-1", "us-isob-west-1"),
	},
	{
		.name = "aws-iso-e",
		.dns_suffix = "cloud.adc-e.uk",
		.dual_stack_suffix = "api.cloud-aws.adc-e.uk",
		.prefixes = LIST("eu-isoe-"),
		.regions = LIST("eu-isoe-west-1"),
	},
	{
		.name = "aws-iso-f",
		.dns_suffix = "csp.hci.ic.gov",
		.dual_stack_suffix = "api.aws.hci.ic.gov",
		.prefixes = LIST("us-isof-"),
		.regions = LIST("us-isof-east-1", "us-isof-south-1"),
	},
	{
		.name = "aws-us-gov",
		.dns_suffix = "amazonaws.com",
		.dual_stack_suffix = "api.aws",
		.prefixes = LIST("us-gov-"),
		.regions = LIST("us-gov-east-1", "us-gov-west-1"),
	},
};

const struct region_partition *region_partition_at(size_t index)
{
	return index < ARRAY_SIZE(partitions) ? &partitions[index] : NULL;
}

/* "east-1": what stands behind a partition's prefix. */
static bool is_place(const char *text)
{
	const char *number = text;

	while (isalnum((unsigned char)*number) || *number == '_')
		number++;
	return number > text && *number == '-' && number[1] &&
	       number[1 + strspn(number + 1, "0123456789")] == '\0';
}

const struct region_partition *region_partition(const char *region)
{
	for (size_t i = 0; i < ARRAY_SIZE(partitions); i++) {
		for (const char *const *p = partitions[i].prefixes; *p; p++) {
			size_t length = strlen(*p);

			if (strncmp(region, *p, length) == 0 && is_place(region + length))
				return &partitions[i];
		}
	}
	return NULL;
}

int region_check(const char *region, struct error *err)
{
	struct nearest n = { .word = region };
	const char *best;

	for (size_t i = 0; i < ARRAY_SIZE(partitions); i++) {
		for (const char *const *r = partitions[i].regions; *r; r++) {
			if (strcmp(*r, region) == 0)
				return 0;
			nearest_offer(&n, *r);
		}
	}
	best = nearest_best(&n);
	return error_set(err, ERR_USAGE, 0,
		"no region '%s' is known%s%s%s (for one that is newer than this program, "
		"name its endpoints: AWS_ENDPOINT_URL_EC2, AWS_ENDPOINT_URL_EBS, …)",
		region, best ? "; did you mean '" : "", best ? best : "",
		best ? "'?" : "");
}

/* As botocore has it: it becomes part of a host's name, and of what is signed. */
static bool is_label(const char *text)
{
	const size_t length = strlen(text);

	return length <= 63 && text[0] != '-' && text[length - 1] != '-' &&
	       text[strspn(text, "0123456789")] &&
	       !text[strspn(text, "abcdefghijklmnopqrstuvwxyz"
				  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-")];
}

int region_resolve(const struct aws_config *c, const char *option, const char **ret,
	struct error *err)
{
	static const char *const variables[] = { "AWS_REGION", "AWS_DEFAULT_REGION" };
	const char *region = option;

	for (size_t i = 0; !region && i < ARRAY_SIZE(variables); i++) {
		region = getenv(variables[i]);
		if (region && !*region)
			region = NULL;
	}
	if (!region)
		region = aws_config_get(c, aws_config_profile(c), "region");
	if (!region || !*region)
		return error_set(err, ERR_USAGE, 0,
			"no region is given: use --region, AWS_REGION, or 'region' of "
			"profile '%s'",
			aws_config_profile(c));
	if (!is_label(region))
		return error_set(err, ERR_USAGE, 0,
			"'%s' is not the name of a region: letters, digits and '-' "
			"between them",
			region);
	*ret = region;
	return 0;
}
