/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is asked of RegisterImage in another region so that the image there is as its
 * source: with all that CopyImage would have taken over.
 */
#pragma once

#include "aws/ec2.h"

/* By value; points into what it was made of. image_replica_release(). */
struct image_replica {
	struct ec2_register_image call;
	struct ec2_block_device *devices;
	struct ec2_tag_specification tagged;
};

/* Why an image cannot be made anew of the blocks of its root volume, for people: "it has
 * several snapshots". NULL: it can. */
const char *image_replica_obstacle(const struct ec2_image *image);

/* Of an image that can, and of a snapshot that has its blocks. `uefi_data` may be NULL.
 */
void image_replica_init(const struct ec2_image *source, const char *snapshot_id,
	const char *uefi_data, const struct shape_list *tags, struct image_replica *ret);
void image_replica_release(struct image_replica *r);
static inline void image_replica_releasep(struct image_replica *r)
{
	image_replica_release(r);
}
