/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a service of a region is reached. In the order of botocore: AWS_ENDPOINT_URL_EC2
 * and the like, AWS_ENDPOINT_URL, endpoint_url of the service in the profile's `services`
 * section, endpoint_url of the profile; else AWS's own, by the rules of its partition
 * (dual stack and FIPS as AWS_USE_DUALSTACK_ENDPOINT, AWS_USE_FIPS_ENDPOINT or the
 * profile say). AWS_IGNORE_CONFIGURED_ENDPOINT_URLS leaves out the first four.
 *
 * Plain http is refused, but on loopback.
 */
#pragma once

#include <stdbool.h>

#include "aws/aws_config.h"
#include "aws/url.h"
#include "base/error.h"

enum aws_service {
	AWS_EC2,
	AWS_EBS,
	AWS_S3,
	AWS_STS,
	AWS_SSM,
	AWS_KMS,
	AWS_SSO, /* the portal that gives credentials; its requests are not signed */
	AWS_SSO_OIDC, /* renews the portal's tokens; nor are these requests signed */
	AWS_SERVICES,
};

/* By value; endpoint_release(). */
struct endpoint {
	struct url url;
	bool is_custom; /* somebody's own: S3 buckets are then in the path */
	const char *signing_name; /* the service's name in signatures */
};

void endpoint_release(struct endpoint *e);
static inline void endpoint_releasep(struct endpoint *e)
{
	endpoint_release(e);
}

/* ERR_USAGE for a region that is not known, unless the endpoint is somebody's own. */
int endpoint_resolve(const struct aws_config *c, enum aws_service service,
	const char *region, struct endpoint *ret, struct error *err);

/* The endpoint at `url`, which the user named; `what` is for messages. */
int endpoint_at(const char *url, const char *what, enum aws_service service,
	struct endpoint *ret, struct error *err);
