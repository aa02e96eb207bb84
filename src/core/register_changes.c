/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/register_changes.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "core/image.h"
#include "core/image_attribute.h"
#include "core/run_tags.h"

static bool has_tag(const struct ec2_image *image, const char *key, const char *value)
{
	const char *has = ec2_tag_value(&image->tags, key);

	return has && !strcmp(has, value);
}

static bool has_description(const struct ec2_image *image, const char *wanted)
{
	return !strcmp(image->description ? image->description : "", wanted);
}

void register_changes_find(const struct register_image *wanted,
	const struct ec2_image *image, struct register_changes *ret)
{
	struct register_changes c = { 0 };

	if (wanted->description && !has_description(image, wanted->description))
		c.description = wanted->description;
	if (wanted->family && !has_tag(image, RUN_TAG_FAMILY, wanted->family))
		c.family = wanted->family;
	c.tags = xcalloc(wanted->tag_count + 1, sizeof(*c.tags));
	for (size_t i = 0; i < wanted->tag_count; i++)
		if (!has_tag(image, wanted->tags[i].key, wanted->tags[i].value))
			c.tags[c.tag_count++] = wanted->tags[i];
	*ret = c;
}

void register_changes_release(struct register_changes *c)
{
	free(c->tags);
	*c = (struct register_changes){ 0 };
}

/* The snapshot's are those of the user, as when the image was made. */
static int change_tags(struct aws_client *ec2, const char *image_id,
	const char *snapshot_id, uint64_t made_at_ms, const struct register_changes *c,
	struct error *err)
{
	const char *const ids[] = { image_id, snapshot_id };
	const struct ec2_tag family = { RUN_TAG_FAMILY, c->family };

	if (c->family && image_tag(ec2, &(struct shape_list){ ids, 1 },
				 &(struct shape_list){ &family, 1 }, made_at_ms, err) < 0)
		return -1;
	if (!c->tag_count)
		return 0;
	return image_tag(ec2, &(struct shape_list){ ids, ARRAY_SIZE(ids) },
		&(struct shape_list){ c->tags, c->tag_count }, made_at_ms, err);
}

int register_changes_make(struct aws_client *ec2, const char *image_id,
	const char *snapshot_id, uint64_t made_at_ms, const struct register_changes *c,
	const struct change_teller *teller, struct error *err)
{
	const char *region = aws_client_region(ec2);

	if (c->description) {
		if (image_describe(ec2, image_id, c->description, made_at_ms, err) < 0)
			return -1;
		change_tell(
			teller, region, image_id, "described as '%s'", c->description);
	}
	if (change_tags(ec2, image_id, snapshot_id, made_at_ms, c, err) < 0)
		return -1;
	if (c->family)
		change_tell(
			teller, region, image_id, "tagged as of family %s", c->family);
	for (size_t i = 0; i < c->tag_count; i++)
		change_tell(teller, region, image_id, "tagged %s=%s", c->tags[i].key,
			c->tags[i].value);
	return c->description || c->family || c->tag_count;
}
