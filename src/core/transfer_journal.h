/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The journal of one transfer, $XDG_STATE_HOME/amiwright/<directory>/<hash>: with it the
 * same command goes on where an earlier one was ended, however that was. Its name stands
 * for the file and for the place in the service; who opens it holds a lock until it is
 * freed.
 *
 * What begins something that costs (StartSnapshot, CompleteSnapshot) is on the disk
 * before it is done. A block's record is handed to the kernel when the block is
 * there: it survives our end, and after a loss of power the block is moved again.
 */
#pragma once

#include "core/transfer_past.h"

struct transfer_journal;

/* What is done, and where the journals of it are. */
struct transfer_kind {
	const char *directory; /* "uploads" */
	const char *doing; /* "uploading this file to the same place" */
};

/*
 * `key` is everything that makes it another transfer: file, region, endpoint, options.
 * ERR_TARGET when another process does the same now. A journal that is damaged is
 * read as far as it is good, and the rest cut off; one of another content of the file is
 * read, too: transfer_journal_is_of() tells.
 */
int transfer_journal_open(const struct transfer_kind *kind, const char *key,
	struct transfer_journal **ret, struct error *err);
struct transfer_journal *transfer_journal_free(
	struct transfer_journal *j); /* NULL is fine */
static inline void transfer_journal_freep(struct transfer_journal **j)
{
	*j = transfer_journal_free(*j);
}

/* What was there when it was opened. */
const struct transfer_past *transfer_journal_past(const struct transfer_journal *j);
const char *transfer_journal_path(const struct transfer_journal *j);

/* Whether it is of the content that the file has now. */
bool transfer_journal_is_of(
	const struct transfer_journal *j, const struct transfer_file *f);

/*
 * Forget all, and begin: `token` is what StartSnapshot will be called with, or else
 * names the run. The past is then what was begun.
 */
int transfer_journal_begin(struct transfer_journal *j, const struct transfer_file *file,
	const char *token, struct error *err);
int transfer_journal_snapshot(
	struct transfer_journal *j, const char *snapshot_id, struct error *err);
int transfer_journal_block(struct transfer_journal *j, uint64_t index,
	const uint8_t digest[static SHA256_BYTES], struct error *err);
int transfer_journal_completing(struct transfer_journal *j, struct error *err);

/* The transfer is done, or given up. */
int transfer_journal_remove(struct transfer_journal *j, struct error *err);
