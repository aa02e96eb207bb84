/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk/ext4_io.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/alloc.h"
#include "disk/ext4_plan.h"
#include "disk/zero.h"

/*
 * A table of leaves, a leaf for each 2 MiB that holds anything. Metadata stands together,
 * so few leaves exist; a block is one allocation, because the block map takes it over as
 * it is.
 */
enum { LEAF_BLOCKS = 512 };

struct leaf {
	uint8_t *blocks[LEAF_BLOCKS]; /* NULL: all zero */
};

struct store {
	struct leaf **leaves;
	size_t count;
};

static struct store *store_of(io_channel io)
{
	return io->private_data;
}

static uint8_t **find_slot(struct store *s, uint64_t block)
{
	const uint64_t leaf = block / LEAF_BLOCKS;

	if (leaf >= s->count || !s->leaves[leaf])
		return NULL;
	return &s->leaves[leaf]->blocks[block % LEAF_BLOCKS];
}

static uint8_t **make_slot(struct store *s, uint64_t block)
{
	const uint64_t leaf = block / LEAF_BLOCKS;

	if (leaf >= s->count) {
		const size_t count = leaf + 1 + s->count;

		s->leaves = xreallocarray(s->leaves, count, sizeof(struct leaf *));
		memset(s->leaves + s->count, 0,
			(count - s->count) * sizeof(struct leaf *));
		s->count = count;
	}
	if (!s->leaves[leaf])
		s->leaves[leaf] = xcalloc(1, sizeof(struct leaf));
	return &s->leaves[leaf]->blocks[block % LEAF_BLOCKS];
}

static void drop_block(struct store *s, uint64_t block)
{
	uint8_t **slot = find_slot(s, block);

	if (!slot)
		return;
	free(*slot);
	*slot = NULL;
}

/* `length` bytes within one block, from `at` in it. */
static void write_in_block(
	struct store *s, uint64_t block, size_t at, const uint8_t *from, size_t length)
{
	uint8_t **slot = find_slot(s, block);

	if (bytes_are_zero(from, length)) {
		if (length == EXT4_BLOCK_BYTES)
			drop_block(s, block);
		else if (slot && *slot)
			memset(*slot + at, 0, length);
		return;
	}
	if (!slot)
		slot = make_slot(s, block);
	if (!*slot)
		*slot = xcalloc(1, EXT4_BLOCK_BYTES);
	memcpy(*slot + at, from, length);
}

static void read_in_block(
	struct store *s, uint64_t block, size_t at, uint8_t *to, size_t length)
{
	uint8_t **slot = find_slot(s, block);

	if (slot && *slot)
		memcpy(to, *slot + at, length);
	else
		memset(to, 0, length);
}

static size_t piece_length(uint64_t offset, uint64_t length)
{
	const uint64_t room = EXT4_BLOCK_BYTES - offset % EXT4_BLOCK_BYTES;

	return (size_t)(length < room ? length : room);
}

static void store_write(
	struct store *s, uint64_t offset, const uint8_t *from, uint64_t length)
{
	while (length) {
		const size_t n = piece_length(offset, length);

		write_in_block(
			s, offset / EXT4_BLOCK_BYTES, offset % EXT4_BLOCK_BYTES, from, n);
		offset += n;
		from += n;
		length -= n;
	}
}

static void store_read(struct store *s, uint64_t offset, uint8_t *to, uint64_t length)
{
	while (length) {
		const size_t n = piece_length(offset, length);

		read_in_block(
			s, offset / EXT4_BLOCK_BYTES, offset % EXT4_BLOCK_BYTES, to, n);
		offset += n;
		to += n;
		length -= n;
	}
}

/* In libext2fs's interface a negative count is one of bytes. */
static uint64_t count_bytes(io_channel io, int count)
{
	return count < 0 ? (uint64_t)-count : (uint64_t)count * (uint64_t)io->block_size;
}

static errcode_t io_read(io_channel io, unsigned long long block, int count, void *data)
{
	store_read(store_of(io), block * (uint64_t)io->block_size, data,
		count_bytes(io, count));
	return 0;
}

static errcode_t io_write(
	io_channel io, unsigned long long block, int count, const void *data)
{
	store_write(store_of(io), block * (uint64_t)io->block_size, data,
		count_bytes(io, count));
	return 0;
}

static errcode_t io_read_short(io_channel io, unsigned long block, int count, void *data)
{
	return io_read(io, block, count, data);
}

static errcode_t io_write_short(
	io_channel io, unsigned long block, int count, const void *data)
{
	return io_write(io, block, count, data);
}

static errcode_t io_write_byte(
	io_channel io, unsigned long offset, int count, const void *data)
{
	store_write(store_of(io), offset, data, (uint64_t)count);
	return 0;
}

static errcode_t io_zeroout(
	io_channel io, unsigned long long block, unsigned long long count)
{
	if (io->block_size != EXT4_BLOCK_BYTES)
		return EINVAL;
	for (unsigned long long i = 0; i < count; i++)
		drop_block(store_of(io), block + i);
	return 0;
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
	struct struct_io_channel *io = xcalloc(1, sizeof(*io));

	(void)flags;
	io->magic = EXT2_ET_MAGIC_IO_CHANNEL;
	io->manager = &ext4_io_manager;
	io->name = xstrdup(name);
	io->block_size = EXT4_BLOCK_BYTES;
	io->refcount = 1;
	io->private_data = xcalloc(1, sizeof(struct store));
	*ret = io;
	return 0;
}

static void store_clear(struct store *s)
{
	for (size_t i = 0; i < s->count; i++) {
		if (!s->leaves[i])
			continue;
		for (size_t j = 0; j < LEAF_BLOCKS; j++)
			free(s->leaves[i]->blocks[j]);
		free(s->leaves[i]);
	}
	free(s->leaves);
	*s = (struct store){ 0 };
}

static errcode_t io_close(io_channel io)
{
	if (--io->refcount > 0)
		return 0;
	store_clear(store_of(io));
	free(io->private_data);
	free(io->name);
	free(io);
	return 0;
}

struct struct_io_manager ext4_io_manager = {
	.magic = EXT2_ET_MAGIC_IO_MANAGER,
	.name = "memory",
	.open = io_open,
	.close = io_close,
	.set_blksize = io_set_blksize,
	.read_blk = io_read_short,
	.write_blk = io_write_short,
	.flush = io_flush,
	.write_byte = io_write_byte,
	.read_blk64 = io_read,
	.write_blk64 = io_write,
	.discard = io_zeroout,
	.zeroout = io_zeroout,
};

void ext4_io_hand_over(io_channel io, struct blockmap *m)
{
	struct store *s = store_of(io);

	for (size_t i = 0; i < s->count; i++) {
		for (size_t j = 0; s->leaves[i] && j < LEAF_BLOCKS; j++) {
			uint8_t *bytes = s->leaves[i]->blocks[j];
			const uint64_t block = (uint64_t)i * LEAF_BLOCKS + j;

			s->leaves[i]->blocks[j] = NULL;
			if (bytes && bytes_are_zero(bytes, EXT4_BLOCK_BYTES))
				free(bytes);
			else if (bytes)
				blockmap_add_memory(m, block * EXT4_BLOCK_BYTES, bytes,
					EXT4_BLOCK_BYTES);
		}
	}
	store_clear(s);
}
