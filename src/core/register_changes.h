/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is changed of an image that is there and is what was asked for, but for its
 * description and tags. Tags that nobody has asked for stay.
 */
#pragma once

#include "core/change_tell.h"
#include "core/ec2_calls.h"
#include "core/register_request.h"

/* By value: zeroes, register_changes_release(). Points into what was asked for. */
struct register_changes {
	const char *description; /* NULL: it stays */
	const char *family; /* the same */
	struct ec2_tag *tags; /* that it lacks, or has with another value */
	size_t tag_count;
};

void register_changes_find(const struct register_image *wanted,
	const struct ec2_image *image, struct register_changes *ret);
void register_changes_release(struct register_changes *c);

/* 1 when something was changed, 0 when there is nothing to change. The snapshot gets the
 * tags, too. */
int register_changes_make(struct aws_client *ec2, const char *image_id,
	const char *snapshot_id, uint64_t made_at_ms, const struct register_changes *c,
	const struct change_teller *teller, struct error *err);
