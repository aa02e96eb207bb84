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

/* Whether one can replace the other: they are of one architecture. */
bool image_is_alike(const struct ec2_image *a, const struct ec2_image *b);

/* Of a sorted list, how many like item `at` were made after it. */
uint64_t image_list_newer_than(const struct ec2_list *l, size_t at);

/*
 * From a sorted list, what the `keep` newest of each architecture are, and what is not
 * finished or not ours, is taken out. Those of one moment all count as the newer. `keep`
 * is 1 or more: the newest always stays.
 */
void image_list_drop_newest(struct ec2_list *l, uint64_t keep);
