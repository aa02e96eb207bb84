/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/publish_wish.h"

#include <string.h>

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
