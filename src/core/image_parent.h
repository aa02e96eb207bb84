/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an image that is sent to a region can be a child of there: the root's snapshot of
 * an earlier image of its family, of which this machine knows the digests of all blocks.
 * So nothing is fetched to find out what need not be sent.
 */
#pragma once

#include "core/image_copy.h"

/*
 * Of the newest that will do; *ret_snapshot_id, which the caller frees, is NULL when
 * there is none. A child has its parent's encryption: it has to be what is wanted. `ebs`
 * is a client in the region.
 */
int image_parent_find(const struct image_copy *c, struct aws_client *ebs,
	bool is_encrypted, char **ret_snapshot_id, struct error *err);
