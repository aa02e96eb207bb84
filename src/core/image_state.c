/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/image_state.h"

#include <stdlib.h>
#include <string.h>

#include "aws/ec2_sharing.h"
#include "aws/timestamp.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "core/image_moment.h"

enum { MINUTE_S = 60 };

bool image_state_is_deprecated(const struct ec2_image *image, int64_t at_s)
{
	int64_t is_at;

	return image->deprecation_time &&
	       timestamp_parse(image->deprecation_time, &is_at) &&
	       llabs((long long)(is_at - at_s)) < MINUTE_S;
}

int image_state_deprecate(struct aws_client *ec2, const struct ec2_image *image,
	int64_t at_s, struct error *err)
{
	char text[IMAGE_MOMENT_CHARS + 1];
	const struct ec2_enable_image_deprecation request = { .image_id = image->image_id,
		.deprecate_at = text };
	CLEANUP(aws_result_releasep) struct aws_result r = AWS_RESULT_INIT;

	if (image_state_is_deprecated(image, at_s))
		return 0;
	image_moment_format(at_s, text);
	if (ec2_call(ec2, &ec2_enable_image_deprecation_action, &request, 0, &r, err) < 0)
		return error_context(err, "deprecate %s at %s", image->image_id, text);
	return 1;
}

bool image_state_is_protected(const struct ec2_image *image, enum recipe_protect protect)
{
	const char *is = image->deregistration_protection
				 ? image->deregistration_protection
				 : "disabled";
	const bool is_on = text_starts_with(is, "enabled");
	const bool cools = is_on && strstr(is, "with-cooldown");

	return protect == RECIPE_PROTECT_AS_IS ||
	       (protect == RECIPE_PROTECT_NO && !is_on) ||
	       (protect == RECIPE_PROTECT_YES && is_on) ||
	       (protect == RECIPE_PROTECT_COOLDOWN && cools);
}

int image_state_protect(struct aws_client *ec2, const struct ec2_image *image,
	enum recipe_protect protect, struct error *err)
{
	const struct ec2_image_protection request = {
		.image_id = image->image_id,
		.with_cooldown =
			protect == RECIPE_PROTECT_COOLDOWN ? SHAPE_TRUE : SHAPE_UNSET,
	};
	CLEANUP(aws_result_releasep) struct aws_result r = AWS_RESULT_INIT;
	const struct query_action *action = protect == RECIPE_PROTECT_NO
						    ? &ec2_disable_image_protection_action
						    : &ec2_enable_image_protection_action;

	if (image_state_is_protected(image, protect))
		return 0;
	if (ec2_call(ec2, action, &request, 0, &r, err) < 0)
		return error_context(err, "change the protection of %s", image->image_id);
	return 1;
}
