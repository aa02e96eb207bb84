/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/publish_check.h"

#include <time.h>

#include "base/cleanup.h"
#include "core/image.h"
#include "core/image_share.h"
#include "core/image_state.h"
#include "core/publish_parameter.h"
#include "core/publish_wish.h"
#include "core/run_tags.h"

int publish_check_image(const struct recipe_publish *wish, const struct ec2_image *image,
	struct error *err)
{
	if (image_is_unfinished(image, NULL))
		return error_set(err, ERR_TARGET, 0,
			"%s is not finished: its run goes on, or 'amiwright register' "
			"goes on with it",
			image->image_id);
	for (size_t i = 0; wish->public && i < image->block_devices.count; i++)
		if (ec2_image_device(image, i)->ebs.encrypted == SHAPE_TRUE)
			return error_set(err, ERR_TARGET, 0,
				"%s has encrypted snapshots: it cannot be public",
				image->image_id);
	if (wish->keep && !ec2_tag_value(&image->tags, RUN_TAG_FAMILY))
		return error_set(err, ERR_TARGET, 0,
			"%s has no tag %s: which images are older ones of it is not "
			"known",
			image->image_id, RUN_TAG_FAMILY);
	return 0;
}

int publish_check_region(const struct aws_session *session, struct aws_client *ec2,
	const struct recipe_publish *wish, struct error *err)
{
	if (wish->public && image_share_check_public(ec2, err) < 0)
		return -1;
	if (!wish->parameter)
		return 0;
	return publish_parameter_check(
		session, aws_client_region(ec2), wish->parameter, err);
}

/* Whether there is nothing to be changed. */
static int is_deprecated(struct aws_client *ec2, const char *image_id, int64_t at_s,
	bool *ret, struct error *err)
{
	CLEANUP(ec2_list_releasep) struct ec2_list found = { 0 };

	*ret = false;
	if (!image_id)
		return 0;
	if (ec2_image_find(ec2, image_id, 0, &found, err) < 0)
		return -1;
	*ret = found.count && image_state_is_deprecated(ec2_image_at(&found, 0), at_s);
	return 0;
}

int publish_check_moment(const struct recipe_publish *wish,
	const struct ec2_image *source, struct aws_client *ec2, const char *image_id,
	struct error *err)
{
	int64_t at_s;
	bool is_so;

	if (publish_wish_moment(wish, source, &at_s, err) < 0)
		return -1;
	if (!at_s || at_s > (int64_t)time(NULL))
		return 0;
	if (is_deprecated(ec2, image_id, at_s, &is_so, err) < 0)
		return -1;
	if (is_so)
		return 0;
	return error_set(err, ERR_TARGET, 0,
		"%s cannot be deprecated at a moment that is in the past: it was "
		"registered at %s, and '%s' was asked for",
		source->image_id, source->creation_date ? source->creation_date : "?",
		wish->deprecate);
}
