/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The image that a build takes for its parent: what has not changed stands in the new one
 * where the parent has it, so that few blocks differ.
 */
#pragma once

#include "base/error.h"
#include "core/aws_session.h"
#include "disk/ext4_places.h"

/*
 * Where the root file system of a disk in a file or on a device has what. ERR_FORMAT when
 * it has none that is ext4.
 */
int build_parent_read_file(const char *path, struct ext4_places **ret, struct error *err);

/* The same of a snapshot, of which the blocks that tell it are fetched, into `dir`. */
int build_parent_read_snapshot(const struct aws_session_spec *session, const char *id,
	const char *dir, struct ext4_places **ret, struct error *err);
