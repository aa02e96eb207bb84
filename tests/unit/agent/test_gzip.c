/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "data/gzip.h"

enum { DATA_BYTES = 70000, ROOM_BYTES = 1 << 20 };

/* Text that compresses, a run longer than any match, and bytes that do not compress. */
static void make_data(uint8_t *to)
{
	fill_pattern(to, DATA_BYTES, 5);
	for (size_t i = 0; i < DATA_BYTES / 2; i++)
		to[i] = (uint8_t) "#!/bin/sh\necho "[to[i] % 15 * (i % 7 > 2)];
	memset(to + DATA_BYTES / 2, 'x', 1000);
}

/* Every kind of block and header that the real tools make, decoded to what went in. */
static void test_real_tools(void **state)
{
	static const char *const commands[] = {
		"gzip -c data",
		"gzip -1 -c data",
		"gzip -9n <data",
		"python3 -c \"import gzip,sys;"
		"sys.stdout.buffer.write(gzip.compress(open('data','rb').read(),0))\"",
		/* One block of fixed codes. */
		"python3 -c \"import zlib,sys;"
		"c=zlib.compressobj(9,zlib.DEFLATED,31,9,zlib.Z_FIXED);"
		"sys.stdout.buffer.write(c.compress(open('data','rb').read())+c.flush())"
		"\"",
		/* No distance codes at all. */
		"python3 -c \"import zlib,sys;"
		"c=zlib.compressobj(9,zlib.DEFLATED,31,9,zlib.Z_HUFFMAN_ONLY);"
		"sys.stdout.buffer.write(c.compress(open('data','rb').read())+c.flush())"
		"\"",
		/* One distance code alone. */
		"python3 -c \"import zlib,sys;"
		"c=zlib.compressobj(9,zlib.DEFLATED,31,9,zlib.Z_RLE);"
		"sys.stdout.buffer.write(c.compress(open('data','rb').read())+c.flush())"
		"\"",
		/* Many small blocks, with empty stored ones between. */
		"python3 -c \"import zlib,sys;d=open('data','rb').read();"
		"c=zlib.compressobj(6,zlib.DEFLATED,31);"
		"sys.stdout.buffer.write(b''.join(c.compress(d[i:i+99])"
		"+c.flush(zlib.Z_FULL_FLUSH) for i in range(0,len(d),99))+c.flush())\"",
		/* Two members. */
		"head -c 1000 data | gzip -c; tail -c +1001 data | gzip -c",
		/* Zeros after the end, as on a tape. */
		"gzip -c data; head -c 512 /dev/zero",
	};
	static uint8_t data[DATA_BYTES], to[DATA_BYTES];

	make_data(data);
	scratch_write(*state, "data", data, sizeof(data));
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		CLEANUP(freep) char *line = xasprintf("{ %s; } >packed", commands[i]);
		CLEANUP(freep) char *said = run_in(*state, line), *packed = NULL;
		size_t length, bytes = 0;

		packed = scratch_read(*state, "packed", &length);
		assert_true(gzip_is(packed, length));
		memset(to, 0, sizeof(to));
		if (gzip_decode(packed, length, to, sizeof(to), &bytes) != DATA_OK)
			fail_msg("not decoded: %s", commands[i]);
		assert_int_equal(bytes, sizeof(data));
		assert_memory_equal(to, data, sizeof(data));
		/* Not one byte more room than needed, and not one less. */
		assert_int_equal(gzip_decode(packed, length, to, sizeof(to) - 1, &bytes),
			DATA_TOO_LARGE);
	}
}

/* "hi\n", with every optional field of the header: its flags can be set and unset. */
static const uint8_t all_fields[] = {
	0x1f, 0x8b, 8, 0x1f, 1, 2, 3, 4, 2, 3, /* fixed part */
	3, 0, 'x', 'y', 'z', /* extra */
	'n', 'a', 'm', 'e', 0, /* */
	'c', 'o', 'm', 'm', 'e', 'n', 't', 0, /* */
	0x13, 0x42, /* header's CRC */
	0xcb, 0xc8, 0xe4, 0x02, 0x00, /* */
	0x7a, 0x7a, 0x6f, 0xed, 3, 0, 0, 0 /* CRC, length */
};

static void test_optional_fields(void **state)
{
	CLEANUP(freep) char *said = NULL;
	char to[8];
	size_t bytes = 0;

	scratch_write(*state, "packed", all_fields, sizeof(all_fields));
	said = run_in(*state, "python3 -c \"import gzip;"
			      "print(gzip.decompress(open('packed','rb').read()))\"");
	assert_string_equal(said, "b'hi\\n'\n");
	assert_int_equal(
		gzip_decode(all_fields, sizeof(all_fields), to, sizeof(to), &bytes),
		DATA_OK);
	assert_int_equal(bytes, 3);
	assert_memory_equal(to, "hi\n", 3);
}

/* Cut anywhere it is truncated, and any byte changed is noticed, but for those that mean
 * nothing here. */
static void test_cut_and_changed(void **state)
{
	char to[64];
	size_t bytes;

	(void)state;
	for (size_t length = 0; length < sizeof(all_fields); length++) {
		CLEANUP(freep) uint8_t *cut = xmemdup(all_fields, length);

		assert_int_equal(
			gzip_decode(cut, length, to, sizeof(to), &bytes), DATA_TRUNCATED);
	}
	for (size_t at = 0; at < sizeof(all_fields); at++) {
		uint8_t changed[sizeof(all_fields)];

		memcpy(changed, all_fields, sizeof(changed));
		changed[at] ^= 0x55;
		if (gzip_decode(changed, sizeof(changed), to, sizeof(to), &bytes) ==
			DATA_OK)
			fail_msg("byte %zu changed and not seen", at);
	}
}

/* Streams that break the rules, behind a good header. */
static void test_broken_streams(void **state)
{
	static const struct {
		const char *what;
		uint8_t stream[24];
		size_t bytes;
		enum data_result result;
	} cases[] = {
		{ "block of type 3", { 0x07 }, 1, DATA_CORRUPT },
		{ "stored length and its inverse", { 0x01, 1, 0, 1, 0, 'x' }, 6,
			DATA_CORRUPT },
		{ "stored, cut", { 0x01, 2, 0, 0xfd, 0xff, 'x' }, 6, DATA_TRUNCATED },
		{ "more than 286 literals", { 0xfd, 0xff, 0xff }, 3, DATA_CORRUPT },
		/* 257 literals, 1 distance, 4 lengths: all of one bit. */
		{ "too many codes", { 0x05, 0x00, 0x92, 0x04 }, 4, DATA_CORRUPT },
		{ "repetition of nothing", { 0x05, 0x00, 0x12, 0x00, 0x00, 0x00 }, 6,
			DATA_CORRUPT },
		/* Fixed: length 3 from distance 1, with nothing before. */
		{ "distance before the start", { 0x03, 0x02, 0x00 }, 3, DATA_CORRUPT },
		/* Fixed: symbol 286. */
		{ "length without meaning", { 0x1b, 0x03, 0x00 }, 3, DATA_CORRUPT },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint8_t packed[10 + 24] = { 0x1f, 0x8b, 8 };
		char to[64];
		size_t bytes;

		memcpy(packed + 10, cases[i].stream, cases[i].bytes);
		if (gzip_decode(packed, 10 + cases[i].bytes, to, sizeof(to), &bytes) !=
			cases[i].result)
			fail_msg("%s", cases[i].what);
	}
}

static void test_not_gzip(void **state)
{
	static const char *const cases[] = { "#!/bin/sh\n", "PK\3\4xxxxxxxxxx",
		"\x1f\x9dxxxxxxxxxxxxx", "\x1f\x8b\x07xxxxxxxxxxxx",
		"\x1f\x8b\x08\xe0xxxxxxxxxxx" };
	char to[64];
	size_t bytes;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(
			gzip_decode(cases[i], strlen(cases[i]), to, sizeof(to), &bytes),
			DATA_CORRUPT);
	assert_false(gzip_is("\x1f", 1));
	assert_false(gzip_is("", 0));
}

/* Ten megabytes in ten kilobytes end at the cap. */
static void test_bomb(void **state)
{
	CLEANUP(freep) char *said = NULL, *packed = NULL;
	CLEANUP(freep) char *to = xmalloc(ROOM_BYTES);
	size_t length, bytes = 99;

	said = run_in(*state, "head -c 10M /dev/zero | gzip -9 >packed");
	packed = scratch_read(*state, "packed", &length);
	assert_int_equal(
		gzip_decode(packed, length, to, ROOM_BYTES, &bytes), DATA_TOO_LARGE);
	assert_int_equal(bytes, 99);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_real_tools),
		SCRATCH_TEST(test_optional_fields),
		cmocka_unit_test(test_cut_and_changed),
		cmocka_unit_test(test_broken_streams),
		cmocka_unit_test(test_not_gzip),
		SCRATCH_TEST(test_bomb),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
