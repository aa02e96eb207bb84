/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/image_parent.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "core/image.h"
#include "core/image_family.h"
#include "core/kept_blocks_file.h"
#include "core/run_tags.h"

static bool is_known(struct aws_client *ebs, const char *snapshot_id)
{
	CLEANUP(kept_blocks_releasep) struct kept_blocks blocks = { 0 };
	CLEANUP(freep) char *key = kept_blocks_key(ebs, snapshot_id);

	return kept_blocks_load(key, &blocks);
}

static bool has_key(const struct ec2_snapshot *snapshot, const char *arn)
{
	return arn && snapshot->kms_key_id && !strcmp(snapshot->kms_key_id, arn);
}

static int will_do(
	const struct image_copy *c, const char *snapshot_id, bool *ret, struct error *err)
{
	const bool is_encrypted = image_copy_will_be_encrypted(c);
	CLEANUP(ec2_list_releasep) struct ec2_list found = { 0 };
	const struct ec2_snapshot *s;

	*ret = false;
	if (ec2_snapshot_find(c->ec2, snapshot_id, 0, &found, err) < 0)
		return -1;
	if (!found.count)
		return 0;
	s = found.items[0];
	*ret = s->state && !strcmp(s->state, "completed") &&
	       (is_encrypted ? s->encrypted == SHAPE_TRUE && has_key(s, c->kms_key_arn)
			     : s->encrypted != SHAPE_TRUE);
	return 0;
}

static int find(struct image_copy *c, struct aws_client *ebs, struct error *err)
{
	const struct ec2_image *image = c->source->image;
	const char *family = ec2_tag_value(&image->tags, RUN_TAG_FAMILY);
	CLEANUP(ec2_list_releasep) struct ec2_list found = { 0 };
	bool is_one = false;

	if (!family)
		return 0;
	if (image_family_find(c->ec2, family, &found, err) < 0)
		return -1;
	for (size_t i = 0; i < found.count && !is_one; i++) {
		const char *root = image_root_snapshot(ec2_image_at(&found, i));

		if (!root || !image_is_alike(ec2_image_at(&found, i), image) ||
			!is_known(ebs, root))
			continue;
		if (will_do(c, root, &is_one, err) < 0)
			return -1;
		if (is_one)
			c->parent_id = xstrdup(root);
	}
	return 0;
}

int image_parent_find(struct image_copy *c, struct aws_client *ebs, struct error *err)
{
	struct error why = ERROR_INIT;

	if (c->has_looked_for_parent)
		return 0;
	c->has_looked_for_parent = true;
	if (find(c, ebs, &why) == 0)
		return 0;
	if (why.code == ERR_INTERRUPTED) {
		*err = why;
		return -1;
	}
	progress_step(c->progress, "no parent is known in %s: %s",
		aws_client_region(c->ec2), why.msg);
	return 0;
}
