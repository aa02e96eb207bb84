/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an image that is sent to a region can be a child of there: the root's snapshot of
 * an earlier image of its family, of which this machine knows the digests of all blocks.
 * So nothing is fetched to find out what need not be sent.
 */
#pragma once

#include "core/image_copy.h"

/*
 * Looks for it once: c->parent_id is the newest that will do, or stays NULL. A child has
 * its parent's encryption: it has to be what is wanted. `ebs` is a client in the region.
 * -1 only when it was interrupted: an image without a parent is sent as a whole.
 */
int image_parent_find(struct image_copy *c, struct aws_client *ebs, struct error *err);
