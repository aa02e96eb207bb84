/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/publish_wish.h"

#include <string.h>

#include "aws/timestamp.h"
#include "core/image_moment.h"

const char *publish_wish_key(const struct recipe_publish *wish, const char *region)
{
	for (size_t i = 0; i < wish->kms_keys.names.count; i++)
		if (!strcmp(wish->kms_keys.names.items[i], region))
			return wish->kms_keys.values.items[i];
	return NULL;
}

int publish_wish_check(const struct recipe_publish *wish, struct error *err)
{
	for (size_t i = 0; i < wish->kms_keys.names.count; i++) {
		const char *region = wish->kms_keys.names.items[i];

		if (!strv_contains(&wish->regions, region) &&
			!strv_contains(&wish->best_effort, region))
			return error_set(err, ERR_USAGE, 0,
				"there is a KMS key for %s, and nothing is copied there",
				region);
	}
	if (wish->public && (wish->encrypt || wish->kms_keys.names.count))
		return error_set(err, ERR_USAGE, 0,
			"an image with encrypted snapshots cannot be public");
	return 0;
}

int publish_wish_moment(const struct recipe_publish *wish, const struct ec2_image *image,
	int64_t *ret_s, struct error *err)
{
	const char *made = image->creation_date;
	int64_t made_s = 0, at_s = 0;

	if (wish->deprecate && ((made && !timestamp_parse(made, &made_s)) ||
				       !image_moment(wish->deprecate, made_s, &at_s)))
		return error_set(err, ERR_FORMAT, 0,
			"when %s is to be deprecated is not known: it was registered at "
			"'%s'",
			image->image_id, made ? made : "");
	*ret_s = at_s;
	return 0;
}
