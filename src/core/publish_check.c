/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/publish_check.h"

#include "base/cleanup.h"
#include "core/image.h"
#include "core/image_share.h"
#include "core/parameter.h"

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
	return 0;
}

/* That it has the id of an image, or is not there. */
static int check_parameter(const struct aws_session *session, const char *region,
	const char *name, struct error *err)
{
	CLEANUP(aws_client_freep) struct aws_client *ssm = NULL;
	CLEANUP(freep) char *has = NULL;

	if (aws_session_client_in(session, AWS_SSM, region, &ssm, err) < 0)
		return -1;
	return parameter_find_image(ssm, name, &has, err);
}

int publish_check_region(const struct aws_session *session, struct aws_client *ec2,
	const struct recipe_publish *wish, struct error *err)
{
	if (wish->public && image_share_check_public(ec2, err) < 0)
		return -1;
	if (!wish->parameter)
		return 0;
	return check_parameter(session, aws_client_region(ec2), wish->parameter, err);
}
