/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Images that replace each other: those of one family and one architecture, of which some
 * are kept.
 */
#pragma once

#include "core/ec2_calls.h"

/* Our finished images of the family, the newest first. */
int image_family_find(struct aws_client *ec2, const char *family, struct ec2_list *ret,
	struct error *err);

/* The newest first. Of a list of images. */
void image_list_sort(struct ec2_list *l);

/*
 * From a sorted list, what the `keep` newest of each architecture are, and what is not
 * finished or not ours, is taken out. Those of one moment all count as the newer. `keep`
 * is 1 or more: the newest always stays.
 */
void image_list_drop_newest(struct ec2_list *l, uint64_t keep);
