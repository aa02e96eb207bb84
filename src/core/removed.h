/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a removal has done. By value: zeroes, removed_release().
 */
#pragma once

#include "aws/client.h"
#include "base/json.h"
#include "base/strv.h"

/* What is done, or with a dry run would be, to one image. */
struct removed_image {
	char *image_id, *name; /* the name is NULL when it was gone already */
	char *region;
	char *copy_of; /* "REGION/ID"; NULL: of nothing that was named */
	bool was_gone;
	bool is_half; /* it failed in the middle, and its journal has the rest */
	struct strv deleted, kept; /* snapshots */
};

struct removed {
	struct removed_image *items;
	size_t count, room;
};

void removed_release(struct removed *r);
static inline void removed_releasep(struct removed *r)
{
	removed_release(r);
}

void removed_image_release(struct removed_image *r);

/* Of a new item, which is valid until the next one. `name` and `copy_of` may be NULL. */
struct removed_image *removed_add(struct removed *to, const struct aws_client *ec2,
	const char *id, const char *name, const char *copy_of);

/* Whether one of them is half removed: if not, nothing needs the journal of a removal
 * that failed. */
bool removed_is_half(const struct removed *r);

void removed_json(const struct removed *r, struct json *j); /* an array "removed" */
