/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which way an image takes to the regions where it is not: EC2 copies it, or its blocks
 * are sent there.
 */
#pragma once

#include "core/publish_pace.h"
#include "core/publish_sending.h"

/*
 * Sets is_sent of the copies that are open; those that a run has begun stay as they are.
 * With RECIPE_WAY_AUTO, what cannot be sent is copied. *ret has no regions when nothing
 * was estimated.
 */
int publish_choose_way(struct publish_sending *s, struct image_copy *const *copies,
	size_t count, struct pace_estimate *ret, struct error *err);
