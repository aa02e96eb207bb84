/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What would keep a publication from coming to its end, and is known before anything is
 * made.
 */
#pragma once

#include "core/aws_session.h"
#include "core/ec2_calls.h"
#include "core/recipe.h"

/* Of the image that is to be published; it may be pending. */
int publish_check_image(const struct recipe_publish *wish, const struct ec2_image *image,
	struct error *err);

/* Of the region that `ec2` is a client of. */
int publish_check_region(const struct aws_session *session, struct aws_client *ec2,
	const struct recipe_publish *wish, struct error *err);

/* That it can still be deprecated when it is to be; one that is so already may have been
 * since long ago. `image_id`, in the region of `ec2`, or NULL: there is none yet. */
int publish_check_moment(const struct recipe_publish *wish,
	const struct ec2_image *source, struct aws_client *ec2, const char *image_id,
	struct error *err);
