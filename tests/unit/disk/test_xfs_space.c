/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sizes: what is planned, what fits, and how it is parted. */
#include "support.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/size.h"
#include "disk/xfs.h"
#include "disk/xfs_plan.h"
#include "disk/xfs_space.h"

/*
 * What is planned is enough, wherever groups cut files into pieces; the map refuses
 * overlaps. And it is no more than enough.
 */
static void test_planned_size_is_enough(void **state)
{
	(void)state;
	for (uint32_t seed = 1; seed <= 100; seed++) {
		CLEANUP(filetree_freep) struct filetree *t = random_tree(seed, 3000);
		struct xfs_spec spec = { .tree = t, .label = "", .time_s = 1 };
		struct blockmap *m = NULL;
		struct error err = ERROR_INIT;

		assert_ok(xfs_layout(&spec, &m, &err), &err);
		spec.size_bytes = blockmap_size_bytes(m) - MIB;
		m = blockmap_free(m);
		assert_int_equal(xfs_layout(&spec, &m, &err), -1);
		assert_int_equal(err.code, ERR_SPACE);
	}
}

/* Trees of extents that would just fit were files in one piece. */
static void test_planned_extent_trees_are_enough(void **state)
{
	CLEANUP(filetree_freep) struct filetree *t = tree_of_sizes();
	struct xfs_spec spec = { .tree = t, .label = "", .time_s = 1 };
	struct blockmap *m = NULL;
	struct error err = ERROR_INIT;

	(void)state;
	for (int i = 0; i < 20; i++)
		tree_of_sizes_add(t, xasprintf("%d", i), 8 * GIB * (uint64_t)(15 + i));
	assert_ok(filetree_seal(t, &err), &err);
	assert_ok(xfs_layout(&spec, &m, &err), &err);
	blockmap_free(m);
}

/* A file whose extents fit into the inode only as long as no group ends in it. */
static void test_a_tree_of_extents_is_planned(void **state)
{
	const uint64_t blocks = 20 * XFS_EXTENT_MOST_BLOCKS + 1;
	CLEANUP(filetree_freep) struct filetree *t = tree_of_sizes();
	CLEANUP(xfs_plan_releasep) struct xfs_plan plan = { 0 };
	struct error err = ERROR_INIT;

	(void)state;
	tree_of_sizes_add(t, xstrdup("large"), blocks * XFS_BLOCK_BYTES);
	assert_ok(filetree_seal(t, &err), &err);
	assert_ok(xfs_plan_make(t, &plan, &err), &err);
	assert_int_equal(plan.blocks, blocks + 1);
}

static void test_size_that_fits(void **state)
{
	struct scratch *s = *state;
	struct xfs_spec spec = { .tree = s->tree, .label = "", .time_s = 1 };
	struct filetree_node n = tree_file(s, "big", "", 0);
	CLEANUP(freep) char *path = scratch_path(s, "tree/big");
	CLEANUP(freep) char *says = NULL;
	CLEANUP(freep) char *image = NULL;
	CLEANUP(freep) char *sb = NULL;
	struct blockmap *m = NULL;
	struct error err = ERROR_INIT;
	uint64_t least;

	n.size_bytes = 600 * MIB;
	assert_return_code(truncate(path, (off_t)n.size_bytes), 0);
	tree_add(s, n);
	tree_seal(s);
	spec.free_bytes = 50 * MIB;
	assert_ok(xfs_layout(&spec, &m, &err), &err);
	image = write_map(s, m, "root.img");
	m = blockmap_free(m);
	free(TOOL("xfs_repair", "-n", "-f", image));
	sb = TOOL("xfs_db", "-r", "-c", "sb 0", "-c", "print", image);
	/* What the kernel sets aside at a mount comes on top: 1/64 and 32 MiB. */
	assert_in_range(number_after(sb, "fdblocks = ") * 4096, 90 * MIB, 97 * MIB);

	assert_ok(xfs_smallest_bytes(&spec, &least, &err), &err);
	assert_in_range(least, 664 * MIB, 690 * MIB);
	spec.size_bytes = least;
	assert_ok(xfs_layout(&spec, &m, &err), &err);
	assert_int_equal(blockmap_size_bytes(m), least);
	m = blockmap_free(m);
	spec.size_bytes = least - MIB;
	assert_int_equal(xfs_layout(&spec, &m, &err), -1);
	assert_int_equal(err.code, ERR_SPACE);
	assert_null(m);
	says = xasprintf("(%u MiB)", (unsigned int)(least / MIB));
	assert_contains(err.msg, says);
}

/* Groups, the last one shorter, content that goes from one to the next, and inodes in
 * more than one group: the tree of each has several levels of its own. */
static void test_sizes_and_groups(void **state)
{
	static const struct {
		uint64_t size_bytes;
		unsigned int ags;
	} cases[] = {
		{ 301 * MIB, 2 },
		{ 4 * GIB - MIB, 2 },
		{ 4 * GIB, 4 },
		{ 5 * GIB + MIB, 4 },
		{ 5000 * GIB, 5 },
	};
	struct scratch *s = *state;
	struct xfs_spec spec = { .tree = s->tree, .label = "", .time_s = 1 };
	struct filetree_node n = tree_file(s, "large", "", 0);
	CLEANUP(freep) char *path = scratch_path(s, "tree/large");
	struct error err = ERROR_INIT;

	n.size_bytes = 150 * MIB + 1;
	assert_return_code(truncate(path, (off_t)n.size_bytes), 0);
	tree_add(s, n);
	for (int i = 0; i < 40000; i++) {
		CLEANUP(freep) char *name = xasprintf("%d", i);

		tree_add(s, tree_special(name, S_IFIFO | 0600, 0, 0));
	}
	tree_seal(s);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(blockmap_freep) struct blockmap *m = NULL;
		CLEANUP(freep) char *image = NULL;
		CLEANUP(freep) char *sb = NULL;

		spec.size_bytes = cases[i].size_bytes;
		assert_ok(xfs_layout(&spec, &m, &err), &err);
		image = write_map(s, m, "root.img");
		free(TOOL("xfs_repair", "-n", "-f", image));
		sb = TOOL("xfs_db", "-r", "-c", "sb 0", "-c", "print", image);
		assert_int_equal(number_after(sb, "agcount = "), cases[i].ags);
	}
}

static void test_inodes_in_several_groups(void **state)
{
	struct xfs_space s = { 0 };
	const uint64_t blocks = 320 * MIB / XFS_BLOCK_BYTES;
	const uint64_t most = blocks / 8 / XFS_CHUNK_BLOCKS * XFS_CHUNK_INODES;

	(void)state;
	assert_true(xfs_space_init(&s, blocks, most));
	assert_int_equal(xfs_space_ino(&s, 0), 128);
	assert_int_equal(xfs_space_ino(&s, most - 1), 128 + most - 1);
	xfs_space_release(&s);
	/* More than an eighth of the blocks. */
	assert_false(xfs_space_init(&s, blocks, most + 1));
	xfs_space_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_planned_size_is_enough),
		cmocka_unit_test(test_planned_extent_trees_are_enough),
		cmocka_unit_test(test_a_tree_of_extents_is_planned),
		SCRATCH_TEST(test_size_that_fits),
		SCRATCH_TEST(test_sizes_and_groups),
		cmocka_unit_test(test_inodes_in_several_groups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
