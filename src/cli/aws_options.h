/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The options of commands that call AWS. Their struct has a struct aws_args named `aws`.
 */
#pragma once

#include "cli/options.h"
#include "core/aws_session.h"

struct aws_args {
	const char *region, *profile, *endpoint_url;
};

/* clang-format off */
#define AWS_OPTIONS(type) \
	{ "region", OPT_STRING, OPT_AT(type, aws.region), .arg = "REGION", \
		.no_environment = true, .shown = "AWS_REGION, or the profile's", \
		.help = "region of AWS" }, \
	{ "profile", OPT_STRING, OPT_AT(type, aws.profile), .arg = "NAME", \
		.no_environment = true, .shown = "AWS_PROFILE", \
		.help = "profile of ~/.aws/config with the credentials" }, \
	{ "endpoint-url", OPT_STRING, OPT_AT(type, aws.endpoint_url), \
		.arg = "URL", .no_environment = true, .shown = "AWS_ENDPOINT_URL", \
		.help = "call another service than AWS" }
/* clang-format on */

static inline struct aws_session_spec aws_session_of(const struct aws_args *a)
{
	return (struct aws_session_spec){
		.profile = a->profile,
		.region = a->region,
		.endpoint_url = a->endpoint_url,
	};
}
