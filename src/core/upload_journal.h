/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The journal of one upload, $XDG_STATE_HOME/amiwright/uploads/<hash>: with it the same
 * command goes on where an earlier one was ended, however that was. Its name stands for
 * the file and for where it goes; who opens it holds a lock until it is freed.
 *
 * What begins something that costs (StartSnapshot, CompleteSnapshot) is on the disk
 * before it is done. A block's record is handed to the kernel when the service has the
 * block: it survives our end, and after a loss of power the block is sent again.
 */
#pragma once

#include "core/upload_past.h"

struct upload_journal;

/*
 * `where` is everything that makes it another upload: region, endpoint, options.
 * ERR_TARGET when another process uploads the same now. A journal that is damaged is
 * read as far as it is good, and the rest cut off; one of another content of the file is
 * read, too: upload_journal_is_of() tells.
 */
int upload_journal_open(const struct upload_identity *file, const char *where,
	struct upload_journal **ret, struct error *err);
struct upload_journal *upload_journal_free(struct upload_journal *j); /* NULL is fine */
static inline void upload_journal_freep(struct upload_journal **j)
{
	*j = upload_journal_free(*j);
}

/* What was there when it was opened. */
const struct upload_past *upload_journal_past(const struct upload_journal *j);
const char *upload_journal_path(const struct upload_journal *j);

/* Whether it is of the content that the file has now. */
bool upload_journal_is_of(
	const struct upload_journal *j, const struct upload_identity *f);

/*
 * Forget all, and begin: `token` is what StartSnapshot will be called with. The past is
 * then what was begun.
 */
int upload_journal_begin(struct upload_journal *j, const struct upload_identity *file,
	const char *token, struct error *err);
int upload_journal_snapshot(
	struct upload_journal *j, const char *snapshot_id, struct error *err);
int upload_journal_block(struct upload_journal *j, uint64_t index,
	const uint8_t digest[static SHA256_BYTES], struct error *err);
int upload_journal_completing(struct upload_journal *j, struct error *err);

/* The upload is done, or given up. */
int upload_journal_remove(struct upload_journal *j, struct error *err);
