/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Until when an image is to be used, and whether it can be deregistered.
 */
#pragma once

#include "core/ec2_calls.h"
#include "core/recipe.h"

/* 1 when it was changed, 0 when it was so. `at_s` is of a whole minute, `made_at_ms` as
 * in aws_call. */
int image_state_deprecate(struct aws_client *ec2, const struct ec2_image *image,
	uint64_t made_at_ms, int64_t at_s, struct error *err);
int image_state_protect(struct aws_client *ec2, const struct ec2_image *image,
	uint64_t made_at_ms, enum recipe_protect protect, struct error *err);
