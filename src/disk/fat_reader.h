/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading a FAT12, FAT16 or FAT32 file system of anyone's making, as an EFI system
 * partition is one (Microsoft, "FAT File System Specification", 2000). Whatever its bytes
 * say ends in a tree, in contents, or in ERR_FORMAT.
 *
 * Files have the names that firmware looks for: the short ones, upper-case 8.3. So
 * "loader.conf" is LOADER.CON or LOADER~1.CON here.
 *
 * Life: fat_reader_open(), then reads from one thread, fat_reader_free().
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/filetree.h"
#include "disk/source.h"

struct fat_reader;

/*
 * The file system in that part of the disk, whose source stays the caller's; `name` is
 * for messages.
 */
int fat_reader_open(const struct disk_source *disk, const char *name,
	uint64_t offset_bytes, uint64_t size_bytes, struct fat_reader **ret,
	struct error *err);
struct fat_reader *fat_reader_free(struct fat_reader *r);
static inline void fat_reader_freep(struct fat_reader **r)
{
	*r = fat_reader_free(*r);
}

/*
 * All its files, sealed. A node's content_offset_bytes is the number of its first
 * cluster, for fat_reader_read(); filetree_open_content() does not serve here.
 */
int fat_reader_list(struct fat_reader *r, struct filetree **ret, struct error *err);

/* The first bytes of the file that begins at `cluster` and has `size_bytes`. */
int fat_reader_read(struct fat_reader *r, uint64_t cluster, uint64_t size_bytes,
	void *buf, size_t length_bytes, size_t *ret_got, struct error *err);
