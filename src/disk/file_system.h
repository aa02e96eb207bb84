/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file system of one of the kinds that are made here, from a tree. */
#pragma once

#include <stdint.h>

#include "base/error.h"
#include "base/filetree.h"
#include "disk/blockmap.h"
#include "disk/ext4_places.h"

enum file_system_kind {
	FILE_SYSTEM_NONE = 0,
	FILE_SYSTEM_EXT4,
	FILE_SYSTEM_XFS,
	FILE_SYSTEM_EXT2,
};

struct file_system_spec {
	enum file_system_kind kind;
	const struct filetree *tree;
	uint64_t size_bytes; /* 0: what the content needs, and free_bytes */
	uint64_t free_bytes; /* room for the first boot, when size_bytes is 0 */
	const char *label; /* ≤ 12 bytes */
	uint8_t uuid[16];
	uint8_t hash_seed[16]; /* of directory hashes, where the kind has one */
	int64_t time_s; /* of creation, Unix */
	const struct ext4_places *like; /* NULL, or as ext4_spec.like; not for XFS */
};

/* ERR_SPACE when the content does not fit into size_bytes. */
int file_system_layout(
	const struct file_system_spec *spec, struct blockmap **ret, struct error *err);

/* The smallest size_bytes that file_system_layout() takes for the tree. */
int file_system_smallest_bytes(
	const struct file_system_spec *spec, uint64_t *ret_bytes, struct error *err);
