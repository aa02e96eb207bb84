/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where an earlier file system has what: one that is made after it keeps the inode
 * numbers and the blocks of what has not changed its shape, so that few blocks of the
 * disk differ. Only numbers: no content is read, and none is taken over.
 *
 * Read-only once it is read. What foreign bytes say is ERR_FORMAT when it is damaged, and
 * is held against what is free before it is used: other lies cost the likeness.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "disk/source.h"

/* A piece of a file: blocks that follow each other both in the file and on the disk. */
struct ext4_extent {
	uint64_t file_block;
	uint64_t disk_block; /* of the file system */
	uint64_t count;
};

struct ext4_place {
	uint32_t inode;
	const struct ext4_extent *extents; /* ascending by file_block */
	size_t extent_count;
};

struct ext4_places;

/*
 * Of the file system (ext2, ext3 or ext4 with blocks of 4 KiB) in that part of the disk;
 * `name` is for messages. ERR_FORMAT when there is none, or it is damaged.
 */
int ext4_places_read(const struct disk_source *disk, const char *name,
	uint64_t offset_bytes, uint64_t size_bytes, struct ext4_places **ret,
	struct error *err);
struct ext4_places *ext4_places_free(struct ext4_places *p); /* NULL is fine */
static inline void ext4_places_freep(struct ext4_places **p)
{
	*p = ext4_places_free(*p);
}

/* Of the file system. */
uint64_t ext4_places_size_bytes(const struct ext4_places *p);

/* False when there was nothing of that path ("etc/fstab", "" for the root). `ret` points
 * into `p`. */
bool ext4_places_find(
	const struct ext4_places *p, const char *path, struct ext4_place *ret);
