/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A disk that is being downloaded: a hidden file beside its target, sparse, and a journal
 * of the blocks that it has. Whatever ends the program, they stay, and the next one to
 * open them goes on; what the journal says is held against the file first. The file gets
 * the target's name when it is whole.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "core/transfer_journal.h"

struct download_part;

/* What it is the download of. */
struct download_origin {
	const char *snapshot_id;
	const char *place; /* region and endpoint, as text */
	uint64_t volume_bytes;
};

/*
 * ERR_TARGET when the target is no regular file, or another process writes it now. A
 * target that is a symbolic link to a file stands for that file.
 */
int download_part_open(const char *target, const struct download_origin *origin,
	struct download_part **ret, struct error *err);

/* What has a block stays, what has none is removed. NULL is fine. */
struct download_part *download_part_free(struct download_part *p);
static inline void download_part_freep(struct download_part **p)
{
	*p = download_part_free(*p);
}

const char *download_part_path(const struct download_part *p);
bool download_part_is_resumed(const struct download_part *p);
bool download_part_is_kept(const struct download_part *p); /* when freed now */

/* Whether an earlier run has stored the block, and it is there. Ask in ascending order.
 */
int download_part_has(
	struct download_part *p, uint64_t index, bool *ret_has, struct error *err);

/* EBS_BLOCK_BYTES and their SHA-256. Zeros take no room. */
int download_part_store(struct download_part *p, uint64_t index, const uint8_t *data,
	const uint8_t digest[static SHA256_BYTES], struct error *err);

/* It is whole: to the disk with it, then the name. */
int download_part_finish(struct download_part *p, struct error *err);
