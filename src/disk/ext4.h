/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An ext4 or ext2 file system made straight from a tree: no mount, no device, no second
 * copy of the content. libext2fs makes the metadata; where file content stands is only
 * noted in the map. The same tree and spec give the same bytes.
 */
#pragma once

#include <stdint.h>

#include "base/error.h"
#include "base/filetree.h"
#include "disk/blockmap.h"
#include "disk/ext4_places.h"

/* The largest that is made: in blocks of 4 KiB, what 32 bits number. */
#define EXT4_MOST_BYTES (UINT64_C(16) << 40)

enum ext4_kind {
	EXT4_KIND_EXT4 = 0,
	EXT4_KIND_EXT2, /* no journal, no extents, no checksums: for /boot */
};

struct ext4_spec {
	enum ext4_kind kind;
	const struct filetree *tree;
	uint64_t size_bytes; /* 0: what the content needs, and free_bytes */
	uint64_t free_bytes; /* room for the first boot, when size_bytes is 0 */
	const char *label; /* ≤ 16 bytes */
	uint8_t uuid[16];
	uint8_t hash_seed[16]; /* of directory hashes */
	int64_t time_s; /* creation and check time, Unix */
	/* NULL, or of an earlier one: what has not changed its shape stays where that one
	 * has it, and so does the size, as long as it is about what is needed. */
	const struct ext4_places *like;
};

/* ERR_SPACE when the content does not fit into size_bytes: the message says what it
 * needs. */
int ext4_layout(const struct ext4_spec *spec, struct blockmap **ret, struct error *err);

/* The smallest size_bytes that ext4_layout() takes for the tree. */
int ext4_smallest_bytes(
	const struct ext4_spec *spec, uint64_t *ret_bytes, struct error *err);
