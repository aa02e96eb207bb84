/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/image_family.h"

#include <stdlib.h>
#include <string.h>

#include "core/image.h"
#include "core/run_tags.h"

static const char *text(const char *t)
{
	return t ? t : "";
}

/* ISO 8601 in UTC sorts as it is. */
static int compare(const void *a, const void *b)
{
	const struct ec2_image *x = *(const struct ec2_image *const *)a;
	const struct ec2_image *y = *(const struct ec2_image *const *)b;
	int order = strcmp(text(y->creation_date), text(x->creation_date));

	return order ? order : strcmp(text(x->image_id), text(y->image_id));
}

void image_list_sort(struct ec2_list *l)
{
	if (l->count)
		qsort(l->items, l->count, sizeof(*l->items), compare);
}

bool image_is_alike(const struct ec2_image *a, const struct ec2_image *b)
{
	return !strcmp(text(a->architecture), text(b->architecture));
}

uint64_t image_list_newer_than(const struct ec2_list *l, size_t at)
{
	const struct ec2_image *image = ec2_image_at(l, at);
	uint64_t newer = 0;

	for (size_t i = 0; i < at; i++)
		if (image_is_alike(ec2_image_at(l, i), image) &&
			strcmp(text(ec2_image_at(l, i)->creation_date),
				text(image->creation_date)) > 0)
			newer++;
	return newer;
}

/* Of ours: whoever copies an image with its tags does so for a purpose of his own. */
static bool is_finished(const struct ec2_image *image)
{
	return image_is_there(image) && image_is_ours(image) &&
	       !image_is_unfinished(image, NULL);
}

static void drop_unfinished(struct ec2_list *l)
{
	size_t kept = 0;

	for (size_t i = 0; i < l->count; i++)
		if (is_finished(l->items[i]))
			l->items[kept++] = l->items[i];
	l->count = kept;
}

void image_list_drop_newest(struct ec2_list *l, uint64_t keep)
{
	size_t old = 0;

	drop_unfinished(l);
	/* From the oldest on: what stands before is still there to be counted. */
	for (size_t i = l->count; i > 0; i--)
		if (image_list_newer_than(l, i - 1) < keep)
			l->items[i - 1] = NULL;
	for (size_t i = 0; i < l->count; i++)
		if (l->items[i])
			l->items[old++] = l->items[i];
	l->count = old;
}

int image_family_find(struct aws_client *ec2, const char *family, struct ec2_list *ret,
	struct error *err)
{
	const struct ec2_filter filter = { "tag:" RUN_TAG_FAMILY, { &family, 1 } };

	if (ec2_images_find(ec2, &filter, 1, ret, err) < 0)
		return error_context(err, "look for the images of '%s'", family);
	image_list_sort(ret);
	drop_unfinished(ret);
	return 0;
}
