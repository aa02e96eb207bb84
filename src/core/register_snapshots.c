/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/register_snapshots.h"

#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "core/snapshot.h"

static int check_size(const struct register_image *image,
	const struct ec2_snapshot *snapshot, struct error *err)
{
	if (!image->volume_size_gib.set || !snapshot->volume_size_gib.set ||
		image->volume_size_gib.value >= snapshot->volume_size_gib.value)
		return 0;
	return error_set(err, ERR_USAGE, 0,
		"%s is of a volume of %" PRIu64 " GiB: one of %" PRIu64
		" GiB does not hold it",
		image->snapshot_id, snapshot->volume_size_gib.value,
		image->volume_size_gib.value);
}

/* *ret_completed: there is nothing to wait for. */
static int check_root(struct aws_client *ec2, const struct register_image *image,
	bool *ret_completed, struct error *err)
{
	CLEANUP(ec2_list_releasep) struct ec2_list found = { 0 };
	const struct ec2_snapshot *root;

	if (ec2_snapshot_find(ec2, image->snapshot_id, 0, &found, err) < 0)
		return -1;
	if (!found.count)
		return error_set(err, ERR_FETCH, 0, "there is no snapshot %s in %s",
			image->snapshot_id, aws_client_region(ec2));
	root = ec2_snapshot_at(&found, 0);
	*ret_completed = root->state && !strcmp(root->state, "completed");
	return check_size(image, root, err);
}

int register_snapshots_await(struct aws_client *ec2, const struct register_image *image,
	uint64_t most_s, struct progress *p, struct error *err)
{
	CLEANUP(strv_releasep) struct strv ids = STRV_INIT;
	bool is_completed;

	if (check_root(ec2, image, &is_completed, err) < 0)
		return -1;
	if (!is_completed)
		strv_add(&ids, image->snapshot_id);
	for (size_t i = 0; i < image->device_count; i++) {
		const char *id = image->devices[i].ebs.snapshot_id;

		if (id && strcmp(id, image->snapshot_id) != 0 && !strv_contains(&ids, id))
			strv_add(&ids, id);
	}
	return snapshots_wait(ec2, &ids, 0, most_s, p, err);
}
