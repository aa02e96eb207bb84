/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk/stretches.h"

#include "support.h"

#include <fcntl.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/strbuf.h"

/* Blocks, one a letter: 'x' is data, a digit is that many times ten blocks of zeros, '.'
 * is one, 'h' is half a block of data. */
static struct filetree_node file_of(struct scratch *s, const char *blocks, bool sparse)
{
	CLEANUP(freep) uint8_t *bytes = xcalloc(1000, STRETCH_BLOCK_BYTES);
	struct filetree_node n;
	size_t at = 0;

	for (const char *b = blocks; *b; b++) {
		if (*b >= '0' && *b <= '9') {
			at += (size_t)(*b - '0') * 10 * STRETCH_BLOCK_BYTES;
			continue;
		}
		if (*b != '.')
			memset(bytes + at + 100, 1, 1000);
		at += *b == 'h' ? STRETCH_BLOCK_BYTES / 2 : STRETCH_BLOCK_BYTES;
	}
	n = tree_file(s, "file", bytes, at);
	n.sparse = sparse;
	return n;
}

/* "0+3 5+1": the first block and the number of each. */
static char *stretches_of(struct scratch *s, const char *blocks, bool sparse)
{
	CLEANUP(filetree_freep) struct filetree *t = NULL;
	CLEANUP(tree_stretches_freep) struct tree_stretches *all = NULL;
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	struct filetree_node n = file_of(s, blocks, sparse);
	struct stretches of = { 0 };
	struct error err = ERROR_INIT;

	t = filetree_new(open(s->tree_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), true);
	filetree_add(t, &n);
	assert_ok(filetree_seal(t, &err), &err);
	assert_ok(tree_stretches_read(t, &all, &err), &err);
	tree_stretches_add(all, filetree_find(t, "file"), &of);
	for (size_t i = 0; i < of.count; i++)
		strbuf_addf(&text, "%s%u+%u", i ? " " : "",
			(unsigned int)of.items[i].first_block,
			(unsigned int)of.items[i].block_count);
	stretches_release(&of);
	return strbuf_take(&text);
}

static void test_what_is_a_hole(void **state)
{
	static const struct {
		const char *blocks, *dense, *sparse;
	} cases[] = {
		{ "", "", "" },
		{ "h", "0+1", "0+1" },
		{ "xxx", "0+3", "0+3" },
		{ "..xx.h", "2+2 5+1", "2+2 5+1" },
		{ "x9x2.", "0+1 91+1", "0+1 91+1" },
		/* As long as can be, and one more: in the middle, in front, behind. */
		{ "x93.......x", "0+1 128+1", "0+1 128+1" },
		{ "x93........x", "0+130", "0+1 129+1" },
		{ "93........x", "0+129", "128+1" },
		{ "x93........", "0+129", "0+1" },
		{ "93........", "0+128", "" },
		{ "93.......", "", "" },
		/* The largest, and of equal ones the first. */
		{ "x.x..x.x..x.x", "0+1 2+1 5+3 10+3", "0+1 2+1 5+1 7+1 10+1 12+1" },
		{ ".x.x.x.x.x.", "1+1 3+1 5+1 7+3", "1+1 3+1 5+1 7+1 9+1" },
		/* Across the pieces in which it is read. */
		{ "x9999x", "0+362", "0+1 361+1" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(freep) char *dense = stretches_of(*state, cases[i].blocks, false);
		CLEANUP(freep) char *sparse = stretches_of(*state, cases[i].blocks, true);

		assert_string_equal(dense, cases[i].dense);
		assert_string_equal(sparse, cases[i].sparse);
	}
}

static void test_a_file_that_changes_is_refused(void **state)
{
	struct scratch *s = *state;
	CLEANUP(filetree_freep) struct filetree *t = NULL;
	struct filetree_node n = file_of(s, "xx", false);
	struct tree_stretches *all = NULL;
	struct error err = ERROR_INIT;

	n.size_bytes++;
	t = filetree_new(open(s->tree_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), true);
	filetree_add(t, &n);
	assert_ok(filetree_seal(t, &err), &err);
	assert_int_equal(tree_stretches_read(t, &all, &err), -1);
	assert_contains(err.msg, "changed while it was read");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_what_is_a_hole, scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(test_a_file_that_changes_is_refused,
			scratch_setup, scratch_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
