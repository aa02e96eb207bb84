/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree/hash.h"

#include "unit.h"

/* The examples of FIPS 180-4's companion document, and the empty message. */
static const struct {
	const char *text, *hex;
} known[] = {
	{ "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
	{ "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
	{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
};

static void known_texts_have_known_hashes(void **state)
{
	CLEANUP(freep) char *path = path_join(*state, "file");
	struct error err = ERROR_INIT;
	char hex[SHA256_HEX_CHARS + 1];
	uint64_t bytes;

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		hash_bytes(known[i].text, strlen(known[i].text), hex);
		assert_string_equal(hex, known[i].hex);
		unit_write_file(*state, "file", known[i].text);
		assert_int_equal(hash_file(path, hex, &bytes, &err), 0);
		assert_string_equal(hex, known[i].hex);
		assert_int_equal(bytes, strlen(known[i].text));
	}
}

/* One million times "a": more than one chunk, and not a multiple of one. */
static void long_files_are_hashed_to_their_end(void **state)
{
	CLEANUP(freep) char *path = path_join(*state, "million");
	CLEANUP(freep) char *text = xmalloc(1000000);
	struct error err = ERROR_INIT;
	char hex[SHA256_HEX_CHARS + 1];
	uint64_t bytes;

	memset(text, 'a', 1000000);
	assert_int_equal(file_write_all(path, text, 1000000, 0600, &err), 0);
	assert_int_equal(hash_file(path, hex, &bytes, &err), 0);
	assert_int_equal(bytes, 1000000);
	assert_string_equal(
		hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

static void links_and_missing_files_are_refused(void **state)
{
	CLEANUP(freep) char *link = path_join(*state, "link");
	CLEANUP(freep) char *missing = path_join(*state, "missing");
	struct error err = ERROR_INIT;
	char hex[SHA256_HEX_CHARS + 1] = "untouched";

	unit_write_file(*state, "file", "x");
	assert_int_equal(symlink("file", link), 0);
	assert_int_equal(hash_file(link, hex, NULL, &err), -1);
	assert_int_equal(hash_file(missing, hex, NULL, &err), -1);
	unit_assert_error(&err, ERR_SYSTEM, missing);
	assert_string_equal(hex, "untouched");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(known_texts_have_known_hashes),
		SCRATCH_TEST(long_files_are_hashed_to_their_end),
		SCRATCH_TEST(links_and_missing_files_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
