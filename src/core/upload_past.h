/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the journal of an upload says: the bytes of the file alone. upload_journal.h keeps
 * the file.
 *
 * A journal is lines of text, each with its CRC-32C before it; nothing is ever changed in
 * it. A line that is torn or wrong ends what is believed: lines behind it are dropped,
 * and what they said is done again.
 *
 *	1c291ca3 amiwright-upload 1 4294967296 1763715697000000000 1763715697000000000
 *	… start 20261121t090113z-4f0c9a21be 1763715700
 *	… snapshot snap-0123456789abcdef0
 *	… block 17 <SHA-256 of the block, 64 hexadecimal digits>
 *	… completing
 *
 * The first names size, time of modification and time of change of the file. By value:
 * zeroes, upload_past_release().
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "core/run_id.h"
#include "core/upload_source.h"
#include "tree/hash.h"

enum { UPLOAD_SNAPSHOT_ID_CHARS = 63 };

/* A block that the service has. */
struct upload_stored {
	uint64_t index;
	uint8_t digest[SHA256_BYTES];
};

struct upload_past {
	struct upload_identity file; /* without device and inode */
	char token[RUN_ID_CHARS + 1]; /* of StartSnapshot; "": not begun */
	int64_t begun_at_s; /* since 1970 */
	char snapshot_id[UPLOAD_SNAPSHOT_ID_CHARS + 1]; /* "": not known to exist */
	struct upload_stored *blocks; /* by index, each once */
	size_t count, room;
	bool is_completing; /* CompleteSnapshot was about to be called */
};

/* What `length_bytes` of a journal say. Returns how many of them are good. */
size_t upload_past_parse(const char *text, size_t length_bytes, struct upload_past *ret);
void upload_past_release(struct upload_past *p);
static inline void upload_past_releasep(struct upload_past *p)
{
	upload_past_release(p);
}

/* Append one record: `text` with its checksum before it and a line feed behind it. */
void upload_past_add_record(struct strbuf *to, const char *text);
