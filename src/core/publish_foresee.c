/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/publish_foresee.h"

#include "base/cleanup.h"
#include "core/image_family.h"

void publish_foresee_copy(const struct image_copy *copy, const struct change_teller *t)
{
	const char *region = aws_client_region(copy->ec2);
	const char *how = image_copy_will_be_encrypted(copy) ? ", encrypted" : "";

	if (!image_copy_is_open(copy))
		change_tell(t, region, "the copy that was begun", "finished");
	else if (copy->is_sent)
		change_tell(
			t, region, copy->source->image->image_id, "sent there%s", how);
	else
		change_tell(t, region, copy->source->image->image_id,
			"copied there by EC2%s", how);
}

int publish_foresee_pruning(const struct image_copy *copy, const char *family,
	uint64_t keep, const struct change_teller *t, struct error *err)
{
	CLEANUP(ec2_list_releasep) struct ec2_list found = { 0 };

	if (image_family_find(copy->ec2, family, &found, err) < 0)
		return -1;
	for (size_t i = 0; i < found.count; i++) {
		const struct ec2_image *image = ec2_image_at(&found, i);
		/* The copy will be the newest. */
		const bool is_newer = image_is_alike(copy->source->image, image);

		if (image_list_newer_than(&found, i) + is_newer >= keep)
			change_tell(t, aws_client_region(copy->ec2), image->image_id,
				"removed");
	}
	return 0;
}
