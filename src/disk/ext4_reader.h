/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading an ext2, ext3 or ext4 file system of anyone's making: no mount, no root, and
 * nothing is written. Whatever its bytes say ends in a tree, in contents, or in
 * ERR_FORMAT.
 *
 * Its journal is not replayed: of a file system that was not unmounted, what only the
 * journal knows is not seen.
 *
 * Life: ext4_reader_open(), then reads from one thread, ext4_reader_free().
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/filetree.h"
#include "disk/source.h"

struct ext4_reader;

/*
 * The file system in that part of the disk, whose source stays the caller's; `name` is
 * for messages.
 */
int ext4_reader_open(const struct disk_source *disk, const char *name,
	uint64_t offset_bytes, uint64_t size_bytes, struct ext4_reader **ret,
	struct error *err);
struct ext4_reader *ext4_reader_free(struct ext4_reader *r);
static inline void ext4_reader_freep(struct ext4_reader **r)
{
	*r = ext4_reader_free(*r);
}

/* Whether its journal holds nothing that would have to be replayed. */
bool ext4_reader_is_clean(const struct ext4_reader *r);

unsigned int ext4_reader_block_bytes(const struct ext4_reader *r);
uint64_t ext4_reader_block_count(const struct ext4_reader *r);

/*
 * All its files, sealed. A node's content_offset_bytes is the number of its inode, for
 * ext4_reader_read(); filetree_open_content() does not serve here.
 */
int ext4_reader_list(struct ext4_reader *r, struct filetree **ret, struct error *err);

/* Bytes of a regular file: *ret_got is less than length_bytes only at its end. */
int ext4_reader_read(struct ext4_reader *r, uint64_t inode, uint64_t offset_bytes,
	void *buf, size_t length_bytes, size_t *ret_got, struct error *err);

/* Called for each block of an inode that has a place, in ascending order. */
typedef void ext4_reader_block_fn(
	uint64_t file_block, uint64_t disk_block, void *userdata);

/* The blocks of a file, a directory or a long symbolic link; of all calls together, no
 * more than the file system has, nor in more than some millions of pieces: ERR_FORMAT. */
int ext4_reader_blocks(struct ext4_reader *r, uint64_t inode, ext4_reader_block_fn *fn,
	void *userdata, struct error *err);
