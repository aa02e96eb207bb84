/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SHA-256 of files, remembered for who has to read them again: a build does so three
 * times. A file is known by its inode, and is what it was as long as its size is and its
 * time of change, which no program can set (ctime; inode(7)). A mapping that is written
 * through sets it, too, if it was made after digest_memo_settle(): so nothing that could
 * write may be running when that is called.
 */
#pragma once

#include <stdbool.h>
#include <sys/stat.h>

#include "tree/hash.h"

struct digest_memo;
struct digest_memo *digest_memo_new(void);
struct digest_memo *digest_memo_free(struct digest_memo *m);
static inline void digest_memo_freep(struct digest_memo **m)
{
	*m = digest_memo_free(*m);
}

/* Of the file that `st` was of when it had been read. Several threads may. */
void digest_memo_put(struct digest_memo *m, const struct stat *st,
	const char hex[static SHA256_HEX_CHARS + 1]);

/*
 * What was put is to be found from now on. Waits, some milliseconds at most, until the
 * clock of the file systems has moved: what is changed afterwards has another time.
 */
void digest_memo_settle(struct digest_memo *m);

/* Of what is settled. Several threads may, also while others put. */
bool digest_memo_find(const struct digest_memo *m, const struct stat *st,
	char ret_hex[static SHA256_HEX_CHARS + 1]);
