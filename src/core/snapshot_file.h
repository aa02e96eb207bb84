/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A snapshot as a file for those who read disks: its blocks, fetched into a sparse file
 * without a name that is gone with the program.
 */
#pragma once

#include <stdbool.h>

#include "aws/client.h"
#include "base/progress.h"
#include "core/aws_session.h"

/* All of a completed snapshot; the file is in the directory `dir`. */
int snapshot_file_fetch(struct aws_client *ebs, const char *snapshot_id, const char *dir,
	struct progress *p, int *ret_fd, struct error *err);

/* Whether the text names something in the cloud: the id of an image or of a snapshot. */
bool snapshot_file_is_named(const char *text);

/*
 * The same of `id`: of a snapshot, or of the snapshot that an image's root volume is made
 * of. ERR_FETCH when there is none of that id that these credentials may read.
 */
int snapshot_file_open(const struct aws_session_spec *spec, const char *id,
	const char *dir, struct progress *p, int *ret_fd, struct error *err);
