/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A completed snapshot as a disk of which somebody reads a little: a sparse file without
 * a name, to which a block is fetched when it is read for the first time, and held
 * against its SHA-256. Blocks that the snapshot does not have are zero. One thread.
 */
#pragma once

#include <stdint.h>

#include "base/progress.h"
#include "core/aws_session.h"
#include "disk/source.h"

struct snapshot_disk;

/*
 * Of `id`: of a snapshot, or of the snapshot that an image's root volume is made of. The
 * file is in the directory `dir`. ERR_FETCH when there is none of that id that these
 * credentials may read; ERR_FORMAT when it holds an image of a format that no volume has.
 */
int snapshot_disk_open(const struct aws_session_spec *spec, const char *id,
	const char *dir, struct progress *p, struct snapshot_disk **ret,
	struct error *err);
struct snapshot_disk *snapshot_disk_free(struct snapshot_disk *d); /* NULL is fine */
static inline void snapshot_disk_freep(struct snapshot_disk **d)
{
	*d = snapshot_disk_free(*d);
}

const char *snapshot_disk_id(const struct snapshot_disk *d); /* of the snapshot */
uint64_t snapshot_disk_size_bytes(const struct snapshot_disk *d);
uint64_t snapshot_disk_fetched(const struct snapshot_disk *d); /* blocks, so far */

/* To read it by; as long as the disk is there. */
struct disk_source snapshot_disk_source(struct snapshot_disk *d);
