/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/kept_blocks.h"

#include <sys/stat.h>

#include "core/kept_blocks_file.h"
#include "unit.h"

static void digest_of(uint64_t n, uint8_t to[static SHA256_BYTES])
{
	for (size_t i = 0; i < SHA256_BYTES; i++)
		to[i] = (uint8_t)(n * 31 + i);
}

static void add(struct kept_blocks *k, const uint64_t *indexes, size_t count, int salt)
{
	uint8_t digest[SHA256_BYTES];

	for (size_t i = 0; i < count; i++) {
		digest_of(indexes[i] + (uint64_t)salt, digest);
		kept_blocks_add(k, indexes[i], digest);
	}
	kept_blocks_seal(k);
}

/* Whether the block is there, with the digest of its index and this salt. */
static void assert_has(const struct kept_blocks *k, size_t at, uint64_t index, int salt)
{
	uint8_t digest[SHA256_BYTES];

	digest_of(index + (uint64_t)salt, digest);
	assert_true(at < k->count);
	assert_int_equal(k->blocks[at].index, index);
	assert_memory_equal(k->blocks[at].digest, digest, SHA256_BYTES);
}

static const uint64_t some[] = { 9, 2, 134217727, 64 };

static void what_is_written_is_read(void **state)
{
	CLEANUP(kept_blocks_releasep) struct kept_blocks k = { 0 }, empty = { 0 };
	CLEANUP(kept_blocks_releasep) struct kept_blocks back = { 0 };
	CLEANUP(strbuf_releasep) struct strbuf bytes = STRBUF_INIT, none = STRBUF_INIT;

	(void)state;
	add(&k, some, ARRAY_SIZE(some), 0);
	kept_blocks_format(&k, "here", &bytes);
	assert_true(kept_blocks_parse(bytes.data, bytes.length_bytes, "here", &back));
	assert_int_equal(back.count, 4);
	assert_has(&back, 0, 2, 0);
	assert_has(&back, 1, 9, 0);
	assert_has(&back, 2, 64, 0);
	assert_has(&back, 3, 134217727, 0);
	kept_blocks_release(&back);
	kept_blocks_format(&empty, "here", &none);
	assert_true(kept_blocks_parse(none.data, none.length_bytes, "here", &back));
	assert_int_equal(back.count, 0);
}

/* Any byte that is another one, any end that is too early or too late. */
static void what_is_damaged_or_foreign_is_none(void **state)
{
	CLEANUP(kept_blocks_releasep) struct kept_blocks k = { 0 }, back = { 0 };
	CLEANUP(strbuf_releasep) struct strbuf bytes = STRBUF_INIT;

	(void)state;
	add(&k, some, ARRAY_SIZE(some), 0);
	kept_blocks_format(&k, "here", &bytes);
	for (size_t i = 0; i < bytes.length_bytes; i++) {
		bytes.data[i] = (char)(bytes.data[i] ^ 0x10);
		assert_false(
			kept_blocks_parse(bytes.data, bytes.length_bytes, "here", &back));
		bytes.data[i] = (char)(bytes.data[i] ^ 0x10);
		assert_false(kept_blocks_parse(bytes.data, i, "here", &back));
	}
	strbuf_add_char(&bytes, 'x');
	assert_false(kept_blocks_parse(bytes.data, bytes.length_bytes, "here", &back));
	assert_false(kept_blocks_parse(
		bytes.data, bytes.length_bytes - 1, "elsewhere", &back));
	assert_true(kept_blocks_parse(bytes.data, bytes.length_bytes - 1, "here", &back));
}

/* Indexes that do not ascend, or that no volume has, under a good checksum. */
static void blocks_that_cannot_be_are_none(void **state)
{
	static const uint64_t cases[][2] = { { 5, 5 }, { 6, 5 }, { 5, 134217728 },
		{ 5, UINT64_MAX } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct transfer_stored blocks[2] = { { .index = cases[i][0] },
			{ .index = cases[i][1] } };
		const struct kept_blocks k = { .blocks = blocks, .count = 2 };
		CLEANUP(kept_blocks_releasep) struct kept_blocks back = { 0 };
		CLEANUP(strbuf_releasep) struct strbuf bytes = STRBUF_INIT;

		kept_blocks_format(&k, "here", &bytes);
		assert_false(
			kept_blocks_parse(bytes.data, bytes.length_bytes, "here", &back));
		assert_int_equal(back.count, 0);
	}
}

static void a_child_has_its_own_and_its_parents(void **state)
{
	static const uint64_t parents[] = { 1, 2, 7, 20 }, own[] = { 0, 2, 20, 30 };
	CLEANUP(kept_blocks_releasep) struct kept_blocks parent = { 0 }, child = { 0 };
	static const struct {
		uint64_t index;
		int salt;
	} has[] = { { 0, 100 }, { 1, 0 }, { 2, 100 }, { 7, 0 }, { 20, 100 },
		{ 30, 100 } };

	(void)state;
	add(&parent, parents, ARRAY_SIZE(parents), 0);
	add(&child, own, ARRAY_SIZE(own), 100);
	kept_blocks_inherit(&child, &parent);
	assert_int_equal(child.count, ARRAY_SIZE(has));
	for (size_t i = 0; i < ARRAY_SIZE(has); i++)
		assert_has(&child, i, has[i].index, has[i].salt);
}

static char *begin_dir(const char *dir)
{
	assert_int_equal(setenv("XDG_CACHE_HOME", dir, 1), 0);
	return path_join(dir, "amiwright/snapshots");
}

static void files_are_found_by_their_key(void **state)
{
	CLEANUP(freep) char *dir = begin_dir(*state);
	CLEANUP(kept_blocks_releasep) struct kept_blocks k = { 0 }, back = { 0 };

	add(&k, some, ARRAY_SIZE(some), 0);
	kept_blocks_save("one", &k);
	assert_int_equal(unit_count_entries(dir), 1);
	assert_false(kept_blocks_load("two", &back));
	assert_true(kept_blocks_load("one", &back));
	assert_int_equal(back.count, 4);
	kept_blocks_release(&back);
	kept_blocks_forget("one");
	assert_false(kept_blocks_load("one", &back));
	/* Of what has too many, none are kept. */
	k.is_too_many = true;
	kept_blocks_save("one", &k);
	assert_int_equal(unit_count_entries(dir), 0);
}

static void a_damaged_file_is_removed(void **state)
{
	CLEANUP(freep) char *dir = begin_dir(*state), *path = NULL;
	CLEANUP(kept_blocks_releasep) struct kept_blocks k = { 0 }, back = { 0 };
	char name[SHA256_HEX_CHARS + 1];

	hash_bytes("one", 3, name);
	path = path_join(dir, name);
	add(&k, some, ARRAY_SIZE(some), 0);
	kept_blocks_save("one", &k);
	assert_int_equal(truncate(path, 100), 0);
	assert_false(kept_blocks_load("one", &back));
	assert_int_equal(unit_count_entries(dir), 0);
}

static void the_last_few_are_kept(void **state)
{
	CLEANUP(freep) char *dir = begin_dir(*state);
	CLEANUP(kept_blocks_releasep) struct kept_blocks k = { 0 };

	for (int i = 0; i < KEPT_BLOCKS_FILES_MOST + 3; i++) {
		const struct timespec at[] = { { 1000 + i, 0 }, { 1000 + i, 0 } };
		CLEANUP(freep) char *key = xasprintf("%d", i), *path = NULL;
		char name[SHA256_HEX_CHARS + 1];

		hash_bytes(key, strlen(key), name);
		path = path_join(dir, name);
		kept_blocks_save(key, &k);
		assert_int_equal(utimensat(AT_FDCWD, path, at, 0), 0);
		/* Used: it is no longer the oldest. */
		if (i == 5)
			assert_true(kept_blocks_load("0", &k));
	}
	assert_int_equal(unit_count_entries(dir), KEPT_BLOCKS_FILES_MOST);
	assert_true(kept_blocks_load("0", &k));
	assert_false(kept_blocks_load("1", &k));
	assert_false(kept_blocks_load("3", &k));
	assert_true(kept_blocks_load("4", &k));
}

/* What a killed upload has left is not there for ever. */
static void unfinished_files_go(void **state)
{
	CLEANUP(freep) char *dir = begin_dir(*state);
	CLEANUP(kept_blocks_releasep) struct kept_blocks k = { 0 };
	CLEANUP(freep) char *part = NULL;
	const struct timespec at[] = { { 1000, 0 }, { 1000, 0 } };

	kept_blocks_save("one", &k);
	unit_write_file(dir, ".0123.XyZzy1.part", "x");
	part = path_join(dir, ".0123.XyZzy1.part");
	assert_int_equal(utimensat(AT_FDCWD, part, at, 0), 0);
	kept_blocks_save("two", &k);
	assert_false(path_exists(part));
	assert_int_equal(unit_count_entries(dir), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(what_is_damaged_or_foreign_is_none),
		cmocka_unit_test(blocks_that_cannot_be_are_none),
		cmocka_unit_test(a_child_has_its_own_and_its_parents),
		SCRATCH_TEST(files_are_found_by_their_key),
		SCRATCH_TEST(a_damaged_file_is_removed),
		SCRATCH_TEST(the_last_few_are_kept),
		SCRATCH_TEST(unfinished_files_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
