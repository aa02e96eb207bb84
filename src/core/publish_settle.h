/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The image of one region gets what was wished of it: who may use it, and until when.
 */
#pragma once

#include "core/change_tell.h"
#include "core/image_copy.h"
#include "core/recipe.h"

/* The same in all regions; all of it is the caller's. */
struct publish_settling {
	const struct recipe_publish *wish;
	const struct aws_session *session;
	const struct ec2_image *source; /* the image at home */
	const struct strv *holders; /* of launch permissions */
	const struct change_teller *teller;
};

/* Of an image that is available, or in a dry run would be made. *changed becomes true
 * when something was. */
int publish_settle(const struct publish_settling *s, struct image_copy *copy,
	bool *changed, struct error *err);
