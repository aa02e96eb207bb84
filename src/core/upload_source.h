/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The raw disk that is uploaded, as blocks of EBS: a file, a block device, what comes
 * from standard input, which is put into a file without a name first, or a map of a disk
 * that nobody has written. It is only read, and has to stay what it was while it is.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/progress.h"
#include "core/transfer_past.h"
#include "disk/blockmap.h"

struct upload_source;

/*
 * `path` "-" is standard input. ERR_FORMAT for what is no raw disk: images of other
 * formats, compressed files, what is empty or larger than a volume.
 */
int upload_source_open(const char *path, struct progress *p, struct upload_source **ret,
	struct error *err);

/* A disk that is laid out; the map outlives the source. `name` is for messages. */
struct upload_source *upload_source_of_map(const struct blockmap *m, const char *name);

/* A file that is open and that nobody writes to any more; the source closes it. Each has
 * to have a descriptor of its own. */
int upload_source_of_fd(
	int *fd, const char *name, struct upload_source **ret, struct error *err);

struct upload_source *upload_source_free(struct upload_source *s); /* NULL is fine */
static inline void upload_source_freep(struct upload_source **s)
{
	*s = upload_source_free(*s);
}

uint64_t upload_source_bytes(const struct upload_source *s);
const char *upload_source_name(const struct upload_source *s); /* for messages */

/* NULL when nothing would tell that the content is another one: of a pipe, a device, a
 * map. */
const struct transfer_file *upload_source_identity(const struct upload_source *s);

/*
 * The first block from *index on that may hold data: *index becomes its index. False at
 * the end of the disk.
 */
int upload_source_seek(
	struct upload_source *s, uint64_t *index, bool *ret_found, struct error *err);

/* How many blocks may hold data. Asked for before a thread seeks. */
int upload_source_count(struct upload_source *s, uint64_t *ret, struct error *err);

/* One block; what lies behind the end of the disk is zero. */
int upload_source_read(
	struct upload_source *s, uint64_t index, uint8_t *to, struct error *err);

/* ERR_FORMAT when the file was changed since it was opened. */
int upload_source_check(const struct upload_source *s, struct error *err);
