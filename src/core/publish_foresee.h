/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a dry run says of a region where the image is not: how it would come there, and
 * what would go for it.
 */
#pragma once

#include "core/change_tell.h"
#include "core/image_copy.h"

/* In a dry run, what is not finished may not be there either. */
static inline bool publish_would_make(
	const struct image_copy *copy, const struct change_teller *t)
{
	return t->is_dry_run && !copy->was_there;
}

void publish_foresee_copy(const struct image_copy *copy, const struct change_teller *t);

/* The images of the family that are not among the `keep` newest once the copy is there.
 */
int publish_foresee_pruning(const struct image_copy *copy, const char *family,
	uint64_t keep, const struct change_teller *t, struct error *err);
