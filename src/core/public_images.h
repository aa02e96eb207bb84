/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Images that are everybody's, and that public parameters of Systems Manager name: where
 * the newest one is found when its parameter is refused, for these credentials may not
 * read it, or the endpoint is another cloud's.
 *
 * Names are anybody's to give: it is the publisher's account that makes one trustworthy.
 */
#pragma once

#include <stdbool.h>

#include "aws/client.h"

/* By value: zeroes, public_images_release(). */
struct public_images {
	const char *owner; /* an account's id, or "amazon" */
	char *name; /* a filter's value: "debian-13-amd64-*" */
};

void public_images_release(struct public_images *images);
static inline void public_images_releasep(struct public_images *images)
{
	public_images_release(images);
}

/* What the parameter stands for. False: it is none of those that are known. */
bool public_images_of(const char *parameter, struct public_images *ret);

/*
 * The id of the newest one that is there and not deprecated, which the caller frees.
 * ERR_FETCH when there is none.
 */
int public_images_newest(struct aws_client *ec2, const struct public_images *images,
	char **ret_id, struct error *err);
