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

enum { EXT4_READER_IO_NAME_BYTES = 80 };

/* Give it to ext2fs_open2(), with the name that ext4_reader_io_name() makes. */
extern struct struct_io_manager ext4_reader_io_manager;

/* The descriptor stays the caller's, and open as long as the channel. */
void ext4_reader_io_name(int fd, uint64_t offset_bytes, uint64_t size_bytes,
	char to[static EXT4_READER_IO_NAME_BYTES]);
