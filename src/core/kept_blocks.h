/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The digests of the blocks of a snapshot, kept when it was made: what makes a child of
 * it need not fetch it to know which blocks differ. kept_blocks_file.h has the files.
 *
 * In a file, with numbers in little endian:
 *
 *	"AMIBLK1\n", SHA-256 of the key, number of blocks (8 bytes),
 *	of each block its index (8 bytes) and its SHA-256, ascending;
 *	SHA-256 of all that
 *
 * The key says of which snapshot it is, and where: a file of another one is none. By
 * value: zeroes, kept_blocks_release().
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "core/block_list.h"
#include "core/transfer_past.h"

/* 256 GiB of data, 20 MiB of digests: of more, none are kept. */
enum { KEPT_BLOCKS_MOST = 512 * 1024 };

struct kept_blocks {
	struct transfer_stored *blocks; /* sealed: by index, each once */
	size_t count, room;
	bool is_too_many; /* and not all of them are here */
};

void kept_blocks_release(struct kept_blocks *k);
static inline void kept_blocks_releasep(struct kept_blocks *k)
{
	kept_blocks_release(k);
}

/* In any order; sealed when the last one is there. */
void kept_blocks_add(
	struct kept_blocks *k, uint64_t index, const uint8_t digest[static SHA256_BYTES]);
void kept_blocks_seal(struct kept_blocks *k);

/* Besides its own, those of the parent that it does not have; both are sealed. */
void kept_blocks_inherit(struct kept_blocks *k, const struct kept_blocks *parent);

/* Whether the service lists just the blocks whose digests are here; reads the list to its
 * end. */
int kept_blocks_are_listed(const struct kept_blocks *k, struct block_list *list,
	bool *ret, struct error *err);

void kept_blocks_format(const struct kept_blocks *k, const char *key, struct strbuf *to);

/* False for anything but what was written for this key; *ret is untouched then. */
bool kept_blocks_parse(
	const void *bytes, size_t length_bytes, const char *key, struct kept_blocks *ret);
