/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/removed.h"

#include <stdlib.h>

#include "base/alloc.h"

void removed_image_release(struct removed_image *r)
{
	free(r->image_id);
	free(r->name);
	free(r->region);
	free(r->copy_of);
	strv_release(&r->deleted);
	strv_release(&r->kept);
}

void removed_release(struct removed *r)
{
	for (size_t i = 0; i < r->count; i++)
		removed_image_release(&r->items[i]);
	free(r->items);
	*r = (struct removed){ 0 };
}

bool removed_is_half(const struct removed *r)
{
	for (size_t i = 0; i < r->count; i++)
		if (r->items[i].is_half)
			return true;
	return false;
}

struct removed_image *removed_add(struct removed *to, const struct aws_client *ec2,
	const char *id, const char *name, const char *copy_of)
{
	struct removed_image *r;

	array_reserve_one((void **)&to->items, to->count, &to->room, sizeof(*to->items));
	r = &to->items[to->count++];
	*r = (struct removed_image){ .image_id = xstrdup(id),
		.name = name ? xstrdup(name) : NULL,
		.region = xstrdup(aws_client_region(ec2)),
		.copy_of = copy_of ? xstrdup(copy_of) : NULL };
	return r;
}

static void add_strings(struct json *j, const char *key, const struct strv *texts)
{
	json_array_begin(j, key);
	for (size_t i = 0; i < texts->count; i++)
		json_add_string(j, NULL, texts->items[i]);
	json_array_end(j);
}

void removed_json(const struct removed *r, struct json *j)
{
	json_array_begin(j, "removed");
	for (size_t i = 0; i < r->count; i++) {
		json_object_begin(j, NULL);
		json_add_string(j, "image_id", r->items[i].image_id);
		json_add_string(j, "name", r->items[i].name);
		json_add_string(j, "region", r->items[i].region);
		json_add_string(j, "copy_of", r->items[i].copy_of);
		json_add_bool(j, "was_gone", r->items[i].was_gone);
		add_strings(j, "snapshots", &r->items[i].deleted);
		add_strings(j, "kept_snapshots", &r->items[i].kept);
		json_object_end(j);
	}
	json_array_end(j);
}
