/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which way an image takes to the regions where it is not, and the sending of its blocks
 * to those that they are sent to: fetched once, then sent to several regions at once.
 */
#pragma once

#include "base/progress.h"
#include "core/image_copy.h"
#include "core/publish_pace.h"
#include "core/recipe.h"

/* All of it is the caller's. */
struct publish_sending {
	const struct aws_session *session;
	struct aws_client *home; /* EC2's, where the image is */
	const struct image_source *source;
	enum recipe_way way; /* that the user wants */
	uint64_t link_bytes; /* a second */
	struct progress *progress;
};

/*
 * Sets is_sent of the copies that are open; those that a run has begun stay as they are.
 * With RECIPE_WAY_AUTO, what cannot be sent is copied. *ret has no regions when nothing
 * was estimated.
 */
int publish_choose_way(const struct publish_sending *s, struct image_copy *const *copies,
	size_t count, struct pace_estimate *ret, struct error *err);

/*
 * The images of those copies that are sent, have begun, and have none yet. Each failure
 * goes into errors[i], whose code is ERR_NONE else; -1 when there is no way to a region.
 */
int publish_send(const struct publish_sending *s, struct image_copy *const *copies,
	size_t count, struct error *errors, struct error *err);
