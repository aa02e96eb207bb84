/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is sent in a publication, and how it gets there: common to the choice of the way
 * (publish_way.h) and to the sending (publish_send.h).
 */
#pragma once

#include "base/progress.h"
#include "core/image_blocks.h"
#include "core/image_copy.h"
#include "core/recipe.h"

/* By value: zeroes but for the caller's members, publish_sending_release(). */
struct publish_sending {
	const struct aws_session *session;
	struct aws_client *home; /* EC2's, where the image is */
	const struct image_source *source;
	enum recipe_way way; /* that the user wants */
	uint64_t link_bytes; /* a second */
	struct progress *progress;

	struct aws_client *ebs; /* where the image is; NULL: not needed yet */
	struct image_blocks *blocks; /* the same */
};

void publish_sending_release(struct publish_sending *s);

/* Asks for the list of the blocks, the first time. */
int publish_sending_open(struct publish_sending *s, struct error *err);
