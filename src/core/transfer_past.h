/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the journal of a transfer says: the bytes of the file alone. transfer_journal.h
 * keeps the file.
 *
 * A journal is records, as core/record.h has them; nothing is ever changed in it. A line
 * that is torn or wrong ends what is believed: lines behind it are dropped, and what they
 * said is done again.
 *
 *	1c291ca3 amiwright-transfer 1 4294967296 1763715697000000000 1763715697000000000
 *	… start 20261121t090113z-4f0c9a21be 1763715700
 *	… snapshot snap-0123456789abcdef0
 *	… block 17 <SHA-256 of the block, 64 hexadecimal digits>
 *	… completing
 *
 * The first names size, time of modification and time of change of the file; the times of
 * one that is being written are 0. By value: zeroes, transfer_past_release().
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/run_id.h"
#include "tree/hash.h"

enum { TRANSFER_SNAPSHOT_ID_CHARS = 63 };

/* Which file, and which content of it. Times are nanoseconds since 1970. */
struct transfer_file {
	uint64_t device, inode;
	uint64_t size_bytes;
	int64_t modified_ns, changed_ns;
};

/* A block that is where it is to be. */
struct transfer_stored {
	uint64_t index;
	uint8_t digest[SHA256_BYTES];
};

struct transfer_past {
	struct transfer_file file; /* without device and inode */
	char token[RUN_ID_CHARS +
		   1]; /* of StartSnapshot, or the run's id; "": not begun */
	int64_t begun_at_s; /* since 1970 */
	char snapshot_id[TRANSFER_SNAPSHOT_ID_CHARS + 1]; /* "": not known to exist */
	struct transfer_stored *blocks; /* by index, each once */
	size_t count, room;
	bool is_completing; /* CompleteSnapshot was about to be called */
};

/* What `length_bytes` of a journal say. Returns how many of them are good. */
size_t transfer_past_parse(
	const char *text, size_t length_bytes, struct transfer_past *ret);
void transfer_past_release(struct transfer_past *p);
static inline void transfer_past_releasep(struct transfer_past *p)
{
	transfer_past_release(p);
}

/*
 * The block of this index, or NULL. For a walk in ascending order: *at, 0 at first, is
 * where it has come to.
 */
const struct transfer_stored *transfer_past_find(
	const struct transfer_past *p, size_t *at, uint64_t index);
