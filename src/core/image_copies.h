/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The copies of images that publish has made in the account's other regions: each is
 * known by its tag, which says of what it is one. Copies that others have made are
 * nobody's to find here, also when they have copied the tag.
 */
#pragma once

#include "base/progress.h"
#include "base/strv.h"
#include "core/aws_session.h"
#include "core/ec2_calls.h"

/* A region, and the copies there. */
struct image_copies_place {
	struct aws_client *ec2;
	struct ec2_list found; /* of struct ec2_image: finished ones */
};

/* By value: zeroes, image_copies_release(). The session outlives it. */
struct image_copies {
	struct image_copies_place *places; /* that could be looked at */
	size_t count;
};

void image_copies_release(struct image_copies *c);
static inline void image_copies_releasep(struct image_copies *c)
{
	image_copies_release(c);
}

/*
 * Look for copies of what has these names, "eu-west-1/ami-0123456789abcdef0", in all
 * regions that the account has enabled, but the session's own. A region that refuses is
 * left out, with a warning; one that is not finished, too: its run goes on, or `cleanup`
 * removes it.
 */
int image_copies_find(const struct aws_session *session, const struct strv *names,
	struct progress *p, struct image_copies *ret, struct error *err);

/* Of an image that is about to go alone: warns of the copies that stay, and says what
 * removes them. Where they cannot be looked for, the warning is of that. */
int image_copies_mention(const struct aws_session *session, const char *image_id,
	struct progress *p, struct error *err);

/* The name of what it is a copy of. */
const char *image_copies_source(const struct ec2_image *image);
