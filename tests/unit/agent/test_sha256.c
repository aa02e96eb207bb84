/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/sha256.h"

enum { HEX_ROOM = 2 * SHA256_BYTES + 1 };

static void to_hex(const uint8_t digest[SHA256_BYTES], char hex[HEX_ROOM])
{
	for (size_t i = 0; i < SHA256_BYTES; i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", digest[i]);
}

static void hash(const void *data, size_t bytes, size_t piece_bytes, char hex[HEX_ROOM])
{
	uint8_t digest[SHA256_BYTES];
	struct sha256 h;

	sha256_init(&h);
	for (size_t at = 0; at < bytes; at += piece_bytes)
		sha256_add(&h, (const uint8_t *)data + at,
			bytes - at < piece_bytes ? bytes - at : piece_bytes);
	sha256_end(&h, digest);
	to_hex(digest, hex);
}

/* FIPS 180-4's examples. */
static void test_known(void **state)
{
	static const struct {
		const char *text;
		const char *hex;
	} cases[] = {
		{ "", "e3b0c44298fc1c149afbf4c8996fb924"
		      "27ae41e4649b934ca495991b7852b855" },
		{ "abc", "ba7816bf8f01cfea414140de5dae2223"
			 "b00361a396177a9cb410ff61f20015ad" },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
			"248d6a61d20638b8e5c026930c3e6039"
			"a33ce45964ff2167f6ecedd419db06c1" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char hex[HEX_ROOM];

		hash(cases[i].text, strlen(cases[i].text), 64, hex);
		assert_string_equal(hex, cases[i].hex);
	}
}

/* Every length around the ends of a block, in one piece, against sha256sum; then the
 * longest in pieces of every size up to beyond a block. */
static void test_against_sha256sum(void **state)
{
	uint8_t data[200];
	char whole[HEX_ROOM];
	CLEANUP(freep) char *said = NULL;
	char *rest, *line;
	size_t length = 0;

	fill_pattern(data, sizeof(data), 3);
	scratch_write(*state, "data", data, sizeof(data));
	said = run_in(*state,
		"i=0; while [ $i -le 200 ]; do head -c $i data | sha256sum; "
		"i=$((i + 1)); done");
	for (rest = said; (line = strsep(&rest, "\n")) && line[0]; length++) {
		hash(data, length, sizeof(data), whole);
		assert_memory_equal(line, whole, HEX_ROOM - 1);
	}
	assert_int_equal(length, 201);
	for (size_t piece = 1; piece <= 130; piece++) {
		char hex[HEX_ROOM];

		hash(data, sizeof(data), piece, hex);
		assert_string_equal(hex, whole);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		SCRATCH_TEST(test_against_sha256sum),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
