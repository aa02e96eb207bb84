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
	uint64_t made_at_ms, int64_t at_s, struct error *err)
{
	char text[IMAGE_MOMENT_CHARS + 1];
	const struct ec2_enable_image_deprecation request = { .image_id = image->image_id,
		.deprecate_at = text };
	CLEANUP(aws_result_releasep) struct aws_result r = AWS_RESULT_INIT;

	if (image_state_is_deprecated(image, at_s))
		return 0;
	image_moment_format(at_s, text);
	if (ec2_call(ec2, &ec2_enable_image_deprecation_action, &request, made_at_ms, &r,
		    err) < 0)
		return error_context(err, "deprecate %s at %s", image->image_id, text);
	return 1;
}

/* "disabled", "enabled-with-cooldown", "enabled-without-cooldown"; while a cooldown
 * lasts, something else. */
static const char *protection_of(const struct ec2_image *image)
{
	const char *is = image->deregistration_protection;

	return is && *is ? is : "disabled";
}

static bool is_protected(const struct ec2_image *image)
{
	return text_starts_with(protection_of(image), "enabled");
}

int image_state_check_removable(
	const struct aws_client *ec2, const struct ec2_image *image, struct error *err)
{
	const char *is = protection_of(image), *region = aws_client_region(ec2);

	if (!strcmp(is, "disabled"))
		return 0;
	if (!is_protected(image))
		return error_set(err, ERR_TARGET, 0,
			"%s in %s is protected from deregistration until its cooldown is "
			"over: %s",
			image->image_id, region, is);
	return error_set(err, ERR_TARGET, 0,
		"%s in %s is protected from deregistration; 'amiwright publish %s "
		"--region %s --protect no' ends that%s",
		image->image_id, region, image->image_id, region,
		strstr(is, "with-cooldown") ? " a day later" : "");
}

bool image_state_is_protected(const struct ec2_image *image, enum recipe_protect protect)
{
	const bool is_on = is_protected(image);
	const bool cools = is_on && strstr(protection_of(image), "with-cooldown");

	return protect == RECIPE_PROTECT_AS_IS ||
	       (protect == RECIPE_PROTECT_NO && !is_on) ||
	       (protect == RECIPE_PROTECT_YES && is_on) ||
	       (protect == RECIPE_PROTECT_COOLDOWN && cools);
}

int image_state_protect(struct aws_client *ec2, const struct ec2_image *image,
	uint64_t made_at_ms, enum recipe_protect protect, struct error *err)
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
	if (ec2_call(ec2, action, &request, made_at_ms, &r, err) < 0)
		return error_context(err, "change the protection of %s", image->image_id);
	return 1;
}
