/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How libext2fs reads a file system that stands somewhere on a disk: nothing is written,
 * nothing outside of the partition is read, and what it may read in all is bounded, so
 * that a file system whose structures refer to each other in circles ends in an error.
 */
#pragma once

#include <et/com_err.h>
#include <ext2fs/ext2fs.h>
#include <stdint.h>

#include "disk/source.h"

enum { EXT4_READER_IO_NAME_BYTES = 24 };

/* Where the file system stands; it stays where it is as long as the channel. */
struct ext4_reader_window {
	struct disk_source disk;
	uint64_t offset_bytes;
	uint64_t size_bytes;
	uint64_t may_read_bytes; /* what is left of the bound; set by the channel */
	/* What libext2fs cannot say: why bytes could not be read. `code` 0: they were. */
	struct error failure;
};

/* Give it to ext2fs_open2(), with the name that ext4_reader_io_name() makes. */
extern struct struct_io_manager ext4_reader_io_manager;

void ext4_reader_io_name(
	const struct ext4_reader_window *w, char to[static EXT4_READER_IO_NAME_BYTES]);
