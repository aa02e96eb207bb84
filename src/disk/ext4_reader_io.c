/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk/ext4_reader_io.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/size.h"

/*
 * Each inode of a directory may cost a block of its own; whole contents are read once at
 * most. An honest file system stays far below this.
 */
enum { READ_TIMES_SIZE = 8 };
static const uint64_t read_least_bytes = UINT64_C(256) * MIB;

void ext4_reader_io_name(
	const struct ext4_reader_window *w, char to[static EXT4_READER_IO_NAME_BYTES])
{
	(void)snprintf(to, EXT4_READER_IO_NAME_BYTES, "%p", (const void *)w);
}

/* In libext2fs's interface a negative count is one of bytes. */
static errcode_t io_read(io_channel io, unsigned long long block, int count, void *data)
{
	struct ext4_reader_window *w = io->private_data;
	const uint64_t unit = (uint64_t)io->block_size;
	const uint64_t length = count < 0 ? -(uint64_t)count : (uint64_t)count * unit;
	size_t got;

	if (block > w->size_bytes / unit || length > w->size_bytes - block * unit)
		return EXT2_ET_SHORT_READ;
	if (length > w->may_read_bytes)
		return EXT2_ET_CORRUPT_SUPERBLOCK;
	w->may_read_bytes -= length;
	if (disk_source_read(&w->disk, data, length, w->offset_bytes + block * unit, &got,
		    "file system", &w->failure) < 0)
		return EIO;
	return got < length ? EXT2_ET_SHORT_READ : 0;
}

static errcode_t io_read_short(io_channel io, unsigned long block, int count, void *data)
{
	return io_read(io, block, count, data);
}

static errcode_t io_write(
	io_channel io, unsigned long long block, int count, const void *data)
{
	(void)io;
	(void)block;
	(void)count;
	(void)data;
	return EROFS;
}

static errcode_t io_write_short(
	io_channel io, unsigned long block, int count, const void *data)
{
	return io_write(io, block, count, data);
}

static errcode_t io_set_blksize(io_channel io, int block_bytes)
{
	io->block_size = block_bytes;
	return 0;
}

static errcode_t io_flush(io_channel io)
{
	(void)io;
	return 0;
}

static errcode_t io_open(const char *name, int flags, io_channel *ret)
{
	struct ext4_reader_window *w;
	struct struct_io_channel *io;
	void *place;

	(void)flags;
	if (sscanf(name, "%p", &place) != 1)
		return EINVAL;
	w = place;
	w->may_read_bytes = w->size_bytes > UINT64_MAX / READ_TIMES_SIZE / 2
				    ? UINT64_MAX
				    : w->size_bytes * READ_TIMES_SIZE + read_least_bytes;
	io = xcalloc(1, sizeof(*io));
	io->magic = EXT2_ET_MAGIC_IO_CHANNEL;
	io->manager = &ext4_reader_io_manager;
	io->name = xstrdup(name);
	io->block_size = 1024;
	io->refcount = 1;
	io->private_data = w;
	*ret = io;
	return 0;
}

static errcode_t io_close(io_channel io)
{
	if (--io->refcount > 0)
		return 0;
	free(io->name);
	free(io);
	return 0;
}

struct struct_io_manager ext4_reader_io_manager = {
	.magic = EXT2_ET_MAGIC_IO_MANAGER,
	.name = "window",
	.open = io_open,
	.close = io_close,
	.set_blksize = io_set_blksize,
	.read_blk = io_read_short,
	.write_blk = io_write_short,
	.flush = io_flush,
	.read_blk64 = io_read,
	.write_blk64 = io_write,
};
