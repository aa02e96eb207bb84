/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A snapshot as a file for those who read disks: its blocks, fetched into a sparse file
 * without a name that is gone with the program.
 */
#pragma once

#include <stdint.h>

#include "aws/client.h"
#include "base/progress.h"
#include "core/aws_session.h"

/* All of a completed snapshot; the file is in the directory `dir`. */
int snapshot_file_fetch(struct aws_client *ebs, const char *snapshot_id, const char *dir,
	struct progress *p, int *ret_fd, struct error *err);

/* A file without a name in `dir`, with no bytes of its own and of that size. */
int snapshot_file_create(
	const char *dir, uint64_t size_bytes, int *ret_fd, struct error *err);

/*
 * The same of `id`: of a snapshot, or of the snapshot that an image's root volume is made
 * of. ERR_FETCH when there is none of that id that these credentials may read.
 */
int snapshot_file_open(const struct aws_session_spec *spec, const char *id,
	const char *dir, struct progress *p, int *ret_fd, struct error *err);
