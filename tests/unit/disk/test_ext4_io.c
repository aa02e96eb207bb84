/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "disk/ext4_io.h"

static io_channel open_io(void)
{
	io_channel io;

	assert_int_equal(ext4_io_manager.open("test", IO_FLAG_RW, &io), 0);
	return io;
}

/* What the store holds, as the map that it becomes. */
static struct blockmap *handed_over(io_channel io)
{
	struct blockmap *m = blockmap_new(UINT64_C(1) << 40);
	struct error err = ERROR_INIT;

	ext4_io_hand_over(io, m);
	assert_ok(blockmap_seal(m, &err), &err);
	assert_int_equal(io_channel_close(io), 0);
	return m;
}

static void test_writes_and_reads(void **state)
{
	io_channel io = open_io();
	uint8_t block[8192], expected[8192] = { 0 };
	CLEANUP(blockmap_freep) struct blockmap *m = NULL;

	(void)state;
	memset(block, 'a', sizeof(block));
	assert_int_equal(io_channel_write_blk64(io, 1000000, 1, block), 0);
	/* In 1024-byte blocks, as for the superblock: the second of block 0. */
	assert_int_equal(io_channel_set_blksize(io, 1024), 0);
	assert_int_equal(io_channel_write_blk64(io, 1, 1, block), 0);
	/* A negative count is one of bytes, here across a border. */
	assert_int_equal(io_channel_write_blk64(io, 3, -2000, block), 0);
	assert_int_equal(io_channel_write_byte(io, 5119, 3, "xyz"), 0);
	assert_int_equal(io_channel_read_blk64(io, 0, 8, block), 0);
	memset(expected + 1024, 'a', 1024);
	memset(expected + 3072, 'a', 2000);
	memcpy(expected + 5119, "xyz", 3);
	assert_memory_equal(block, expected, sizeof(block));
	m = handed_over(io);
	assert_int_equal(blockmap_data_bytes(m), 3 * 4096);
}

/* Zeros are not kept, however they come. */
static void test_zeros(void **state)
{
	io_channel io = open_io();
	uint8_t block[4096], zeros[4096] = { 0 };
	CLEANUP(blockmap_freep) struct blockmap *m = NULL;

	(void)state;
	memset(block, 'a', sizeof(block));
	for (unsigned int i = 0; i < 5; i++)
		assert_int_equal(io_channel_write_blk64(io, i, 1, block), 0);
	assert_int_equal(io_channel_write_blk64(io, 0, 1, zeros), 0);
	assert_int_equal(io_channel_zeroout(io, 1, 1), 0);
	assert_int_equal(io_channel_discard(io, 2, 1), 0);
	/* Piece by piece: block 3 wholly, block 4 but for its last byte. */
	assert_int_equal(io_channel_write_byte(io, 3 * 4096, 100, zeros), 0);
	assert_int_equal(io_channel_write_byte(io, 3 * 4096 + 100, 3996, zeros), 0);
	assert_int_equal(io_channel_write_byte(io, 4 * 4096, 4095, zeros), 0);
	assert_int_equal(io_channel_write_blk64(io, 123456, 1, zeros), 0);
	assert_int_equal(io_channel_read_blk64(io, 4, 1, block), 0);
	assert_memory_equal(block, zeros, 4095);
	assert_int_equal(block[4095], 'a');
	m = handed_over(io);
	assert_int_equal(blockmap_data_bytes(m), 4096);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_writes_and_reads),
		cmocka_unit_test(test_zeros),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
