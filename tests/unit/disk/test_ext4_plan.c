/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk/ext4_plan.h"

#include "support.h"

#include <stdio.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/size.h"
#include "disk/ext4.h"

/*
 * What is planned is enough, wherever the file system's own tables cut files into pieces;
 * the map refuses overlaps. And it is no more than enough.
 */
static void test_planned_size_is_enough(void **state)
{
	(void)state;
	for (uint32_t seed = 1; seed <= 100; seed++) {
		CLEANUP(filetree_freep) struct filetree *t = random_tree(seed, 300);
		struct ext4_spec spec = { .tree = t, .label = "", .time_s = 1 };
		struct blockmap *m = NULL;
		struct error err = ERROR_INIT;

		assert_ok(ext4_layout(&spec, &m, &err), &err);
		spec.size_bytes = blockmap_size_bytes(m) - MIB;
		m = blockmap_free(m);
		assert_int_equal(ext4_layout(&spec, &m, &err), -1);
		assert_int_equal(err.code, ERR_SPACE);
	}
}

/* Files that would just fit into the extents of their inodes, were nothing in their
 * way. */
static void test_planned_extent_trees_are_enough(void **state)
{
	CLEANUP(filetree_freep) struct filetree *t = tree_of_sizes();
	struct ext4_spec spec = { .tree = t, .label = "", .time_s = 1 };
	struct blockmap *m = NULL;
	struct error err = ERROR_INIT;

	(void)state;
	for (int i = 0; i < 2000; i++)
		tree_of_sizes_add(t, xasprintf("%d", i), 500 * MIB);
	assert_ok(filetree_seal(t, &err), &err);
	assert_ok(ext4_layout(&spec, &m, &err), &err);
	blockmap_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_planned_size_is_enough),
		cmocka_unit_test(test_planned_extent_trees_are_enough),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
