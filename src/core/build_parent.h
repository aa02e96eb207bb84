/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The image that a build takes for its parent: what has not changed stands in the new one
 * where the parent has it, so that few blocks differ.
 */
#pragma once

#include "base/error.h"
#include "base/progress.h"
#include "core/aws_session.h"
#include "core/recipe.h"
#include "disk/ext4_places.h"

/* ERR_USAGE when an image of the recipe cannot be laid out like another. */
int build_parent_check(const struct recipe *recipe, struct error *err);

/*
 * Where the root file system of a disk in a file or on a device has what. ERR_FORMAT when
 * it has none that is ext4.
 */
int build_parent_read_file(const char *path, struct ext4_places **ret, struct error *err);

/* A parent whose blocks an image in EC2 is compared with. */
struct build_parent_snapshot {
	const struct recipe *recipe; /* of the image */
	const struct aws_session_spec *session;
	const char *id;
	const char *dir; /* where the blocks that tell it are fetched to */
};

/*
 * The same of a snapshot. It may hold any disk, and is a parent all the same: *ret is
 * NULL when it, or the recipe, has no ext4.
 */
int build_parent_read_snapshot(const struct build_parent_snapshot *s, struct progress *p,
	struct ext4_places **ret, struct error *err);
