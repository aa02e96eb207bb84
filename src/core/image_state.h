/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Until when an image is to be used, and whether it can be deregistered.
 */
#pragma once

#include "core/ec2_calls.h"
#include "core/recipe.h"

/* Whether it is so. `at_s` is of a whole minute. */
bool image_state_is_deprecated(const struct ec2_image *image, int64_t at_s);
bool image_state_is_protected(const struct ec2_image *image, enum recipe_protect protect);

/* 1 when it was changed, 0 when it was so. `at_s` is of a whole minute; `made_at_ms` as
 * in aws_call. */
int image_state_deprecate(struct aws_client *ec2, const struct ec2_image *image,
	uint64_t made_at_ms, int64_t at_s, struct error *err);

/* ERR_TARGET, with the remedy, when it is protected, or when its protection was ended and
 * the cooldown is not over. */
int image_state_check_removable(
	const struct aws_client *ec2, const struct ec2_image *image, struct error *err);

int image_state_protect(struct aws_client *ec2, const struct ec2_image *image,
	uint64_t made_at_ms, enum recipe_protect protect, struct error *err);
