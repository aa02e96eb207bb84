/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"

static struct blockmap *sealed_map(void)
{
	struct blockmap *m = blockmap_new(100), *part = blockmap_new(20);
	struct error err = ERROR_INIT;

	blockmap_add_memory(m, 60, xstrdup("sixty"), 5);
	blockmap_add_memory(m, 10, xstrdup("ten"), 3);
	blockmap_add_memory(m, 13, xstrdup("teen"), 4);
	blockmap_add_memory(part, 5, xstrdup("part"), 4);
	blockmap_add_map(m, 80, part);
	assert_ok(blockmap_seal(m, &err), &err);
	return m;
}

static void test_reads(void **state)
{
	static const struct {
		uint64_t offset;
		size_t length;
		const char *expected;
	} cases[] = {
		{ 0, 3, "\0\0\0" },
		{ 10, 7, "tenteen" },
		{ 11, 3, "ent" },
		{ 8, 4, "\0\0te" },
		{ 15, 4, "en\0\0" },
		{ 58, 9, "\0\0sixty\0\0" },
		{ 85, 4, "part" },
		{ 89, 11, "\0\0\0\0\0\0\0\0\0\0\0" },
		{ 100, 0, "" },
	};
	CLEANUP(blockmap_freep) struct blockmap *m = sealed_map();
	CLEANUP(blockmap_reader_freep)
	struct blockmap_reader *r = blockmap_reader_new(m);
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(blockmap_data_bytes(m), 16);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char buf[16];

		memset(buf, 'x', sizeof(buf));
		assert_ok(blockmap_read(r, cases[i].offset, buf, cases[i].length, &err),
			&err);
		assert_memory_equal(buf, cases[i].expected, cases[i].length);
	}
}

static void test_next_data(void **state)
{
	static const struct {
		uint64_t from, before, offset, length; /* length 0: none */
	} cases[] = {
		{ 0, 100, 10, 7 },
		{ 12, 100, 12, 5 },
		{ 17, 100, 60, 5 },
		{ 0, 12, 10, 2 },
		{ 17, 60, 0, 0 },
		{ 62, 63, 62, 1 },
		{ 65, 100, 85, 4 },
		{ 89, 100, 0, 0 },
		{ 10, 10, 0, 0 },
		{ 0, UINT64_MAX, 10, 7 },
	};
	CLEANUP(blockmap_freep) struct blockmap *m = sealed_map();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t offset = 0, length = 0;
		bool found = blockmap_next_data(
			m, cases[i].from, cases[i].before, &offset, &length);

		assert_int_equal(found, cases[i].length != 0);
		assert_int_equal(offset, cases[i].offset);
		assert_int_equal(length, cases[i].length);
	}
}

static void test_overlap_and_overrun_are_refused(void **state)
{
	static const struct {
		uint64_t offset;
		const char *says;
	} cases[] = { { 12, "two things stand at byte 12" },
		{ 97, "reach beyond its end" } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(blockmap_freep) struct blockmap *m = blockmap_new(100);
		struct error err = ERROR_INIT;

		blockmap_add_memory(m, 10, xstrdup("ten"), 3);
		blockmap_add_memory(m, cases[i].offset, xstrdup("more"), 4);
		assert_int_equal(blockmap_seal(m, &err), -1);
		assert_int_equal(err.code, ERR_FORMAT);
		assert_contains(err.msg, cases[i].says);
	}
}

static void test_file_content(void **state)
{
	struct scratch *s = *state;
	CLEANUP(blockmap_freep) struct blockmap *m = blockmap_new(100);
	CLEANUP(blockmap_reader_freep) struct blockmap_reader *r = NULL;
	struct error err = ERROR_INIT;
	uint32_t a, b;
	char buf[30];

	tree_add(s, tree_file(s, "a", "0123456789", 10));
	tree_add(s, tree_file(s, "b", "abcdef", 6));
	tree_seal(s);
	a = filetree_find(s->tree, "a");
	b = filetree_find(s->tree, "b");
	blockmap_add_file(m, 0, s->tree, a, 4, 6);
	blockmap_add_file(m, 6, s->tree, b, 0, 6);
	blockmap_add_file(m, 20, s->tree, a, 0, 4);
	assert_ok(blockmap_seal(m, &err), &err);
	r = blockmap_reader_new(m);
	assert_ok(blockmap_read(r, 0, buf, 24, &err), &err);
	assert_memory_equal(buf,
		"456789abcdef\0\0\0\0\0\0\0\0"
		"0123",
		24);
}

static void test_file_that_got_shorter(void **state)
{
	struct scratch *s = *state;
	CLEANUP(blockmap_freep) struct blockmap *m = blockmap_new(100);
	CLEANUP(blockmap_reader_freep) struct blockmap_reader *r = NULL;
	CLEANUP(freep) char *path = scratch_path(s, "tree/a");
	struct error err = ERROR_INIT;
	char buf[10];

	tree_add(s, tree_file(s, "a", "0123456789", 10));
	tree_seal(s);
	blockmap_add_file(m, 0, s->tree, filetree_find(s->tree, "a"), 0, 10);
	assert_ok(blockmap_seal(m, &err), &err);
	r = blockmap_reader_new(m);
	assert_ok(blockmap_read(r, 0, buf, 2, &err), &err);
	assert_return_code(truncate(path, 5), 0);
	assert_int_equal(blockmap_read(r, 0, buf, 10, &err), -1);
	assert_int_equal(err.code, ERR_FORMAT);
	assert_contains(err.msg, "'/a'");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads),
		cmocka_unit_test(test_next_data),
		cmocka_unit_test(test_overlap_and_overrun_are_refused),
		cmocka_unit_test_setup_teardown(
			test_file_content, scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(
			test_file_that_got_shorter, scratch_setup, scratch_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
