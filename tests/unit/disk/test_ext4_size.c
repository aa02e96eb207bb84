/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ext4_images.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/size.h"

static void test_size_that_fits(void **state)
{
	struct scratch *s = *state;
	struct ext4_spec spec = ext4_spec_for(s);
	struct filetree_node n = tree_file(s, "big", "", 0);
	CLEANUP(freep) char *path = scratch_path(s, "tree/big");
	CLEANUP(freep) char *image = NULL;
	CLEANUP(freep) char *about = NULL;
	struct blockmap *m = NULL;
	struct error err = ERROR_INIT;
	uint64_t least, free_bytes;

	n.size_bytes = 300 * MIB;
	assert_return_code(truncate(path, (off_t)n.size_bytes), 0);
	tree_add(s, n);
	tree_seal(s);
	spec.free_bytes = 50 * MIB;
	image = ext4_make_checked(s, &spec);
	about = TOOL("dumpe2fs", "-h", image);
	free_bytes = number_after(about, "Free blocks:") * 4096;
	assert_in_range(free_bytes, 50 * MIB, 66 * MIB + 64 * KIB);

	assert_ok(ext4_smallest_bytes(&spec, &least, &err), &err);
	assert_in_range(least, 300 * MIB, 330 * MIB);
	spec.size_bytes = least;
	assert_ok(ext4_layout(&spec, &m, &err), &err);
	assert_int_equal(blockmap_size_bytes(m), least);
	m = blockmap_free(m);
	spec.size_bytes = least - MIB;
	assert_int_equal(ext4_layout(&spec, &m, &err), -1);
	assert_int_equal(err.code, ERR_SPACE);
	assert_null(m);
	free(about);
	about = xasprintf("(%u MiB)", (unsigned int)(least / MIB));
	assert_contains(err.msg, about);
}

/* Contents at odd offsets of one file, as in a tar archive, holes included. */
static void test_content_in_an_archive(void **state)
{
	enum { OFFSET = 512, DATA_AT = 40960 };
	struct scratch *s = *state;
	CLEANUP(freep) char *archive = scratch_path(s, "archive");
	int fd = open(archive, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	CLEANUP(filetree_freep) struct filetree *t = filetree_new(fd, false);
	struct ext4_spec spec = ext4_spec_for(s);
	struct filetree_node sparse = { .path = xstrdup("sparse"),
		.mode = S_IFREG,
		.size_bytes = DATA_AT * 2,
		.sparse = true,
		.content_offset_bytes = OFFSET };
	struct filetree_node dense = { .path = xstrdup("dense"),
		.mode = S_IFREG,
		.size_bytes = 9,
		.content_offset_bytes = OFFSET + DATA_AT };
	CLEANUP(freep) char *image = NULL;
	CLEANUP(freep) char *output = NULL;
	struct error err = ERROR_INIT;

	assert_ok(
		fd_pwrite_all(fd, "some data", 9, OFFSET + DATA_AT, archive, &err), &err);
	assert_return_code(ftruncate(fd, OFFSET + DATA_AT * 2), 0);
	filetree_add(t, &sparse);
	filetree_add(t, &dense);
	assert_ok(filetree_seal(t, &err), &err);
	spec.tree = t;
	image = ext4_make_checked(s, &spec);
	output = ext4_debugfs(s, image, "cat /dense\nstat /sparse\n");
	assert_contains(output, "some data");
	assert_contains(output, "(10):"); /* the only block, DATA_AT / 4096 */
	assert_contains(output, "Blockcount: 8\n");
}

/* Several block groups, with backups of the superblock in the way of the data. */
static void test_given_size_and_growth(void **state)
{
	struct scratch *s = *state;
	struct ext4_spec spec = ext4_spec_for(s);
	CLEANUP(freep) char *image = NULL;
	CLEANUP(freep) char *about = NULL;
	const char *group;

	tree_add(s, tree_file(s, "file", "content", 7));
	tree_seal(s);
	spec.size_bytes = 3 * GIB;
	image = ext4_make_checked(s, &spec);
	/* Group 1 holds nothing but a copy of the superblock. */
	about = TOOL("dumpe2fs", image);
	group = strstr(about, "Group 1:");
	assert_non_null(group);
	group = strchr(group, '[');
	assert_non_null(group);
	assert_int_equal(strncmp(group, "[INODE_UNINIT, ITABLE_ZEROED]", 29), 0);
	assert_return_code(truncate(image, (off_t)(40 * GIB)), 0);
	free(TOOL("resize2fs", image));
	free(TOOL("e2fsck", "-fn", image));
}

/* Pointers in the inode, and in blocks of one, two and three levels. */
static void test_ext2(void **state)
{
	struct scratch *s = *state;
	struct ext4_spec spec = ext4_spec_for(s);
	CLEANUP(fd_closep) int fd = tree_open_sparse(s, "far", 5 * GIB);
	CLEANUP(freep) uint8_t *pattern = xmalloc(6 * MIB);
	CLEANUP(freep) char *image = NULL;
	CLEANUP(freep) char *about = NULL;
	CLEANUP(freep) char *commands = NULL;
	CLEANUP(freep) char *copy = scratch_path(s, "copy");
	CLEANUP(freep) char *original = scratch_path(s, "tree/large");
	struct error err = ERROR_INIT;
	struct filetree_node n;

	fill_pattern(pattern, 6 * MIB, 5);
	assert_ok(fd_pwrite_all(fd, "far", 3, 5 * GIB - 3, "far", &err), &err);
	n = tree_file(s, "large", pattern, 6 * MIB);
	tree_xattr(&n, "user.a", "b", 1);
	tree_add(s, n);
	tree_add(s, tree_dir(s, "dir"));
	for (int i = 0; i < 3000; i++) {
		CLEANUP(freep) char *path = xasprintf("dir/%0*d", 5 + i % 60, i);

		tree_add(s, tree_symlink(path, "x"));
	}
	tree_seal(s);
	spec.kind = EXT4_KIND_EXT2;
	image = ext4_make_checked(s, &spec);
	about = TOOL("dumpe2fs", "-h", image);
	assert_contains(about,
		"Filesystem features:      ext_attr resize_inode dir_index "
		"filetype sparse_super large_file\n");
	commands = xasprintf("dump /large %s\nstat /far\nstat /dir/00000\n", copy);
	free(about);
	about = ext4_debugfs(s, image, commands);
	free(TOOL("cmp", original, copy));
	assert_contains(about, "(TIND):");
	assert_contains(about, "(1310719):");
	free(TOOL("grub-fstest", image, "cmp", "(loop0)/large", original));
}

/* Behind the last copy of the superblock that it has room behind; and how much larger the
 * file system can become with the descriptors that are reserved. */
static void test_where_the_journal_stands(void **state)
{
	static const struct {
		uint64_t size_bytes;
		uint64_t group, reserved_blocks;
	} cases[] = {
		{ 256 * MIB, 1, 31 },
		{ 1 * GIB, 7, 95 },
		{ 900 * MIB, 5, 95 }, /* of group 7 there is not enough */
		{ 60 * GIB, 343, 112 },
	};
	struct scratch *s = *state;
	struct ext4_spec spec = ext4_spec_for(s);

	tree_seal(s);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(freep) char *image = NULL;
		CLEANUP(freep) char *about = NULL;
		CLEANUP(freep) char *journal = NULL;

		spec.size_bytes = cases[i].size_bytes;
		image = ext4_make_checked(s, &spec);
		about = TOOL("dumpe2fs", "-h", image);
		journal = TOOL("debugfs", "-R", "bmap <8> 0", image);
		assert_int_equal(number_after(about, "Reserved GDT blocks:"),
			cases[i].reserved_blocks);
		assert_int_equal(strtoull(strchr(journal, '\n') + 1, NULL, 10) / 32768,
			cases[i].group);
	}
}

/* The blocks of pointers are planned: more of them than the rounding to 1 MiB has. */
static void test_ext2_planned_size_is_enough(void **state)
{
	CLEANUP(filetree_freep) struct filetree *t = tree_of_sizes();
	struct ext4_spec spec = {
		.kind = EXT4_KIND_EXT2, .tree = t, .label = "", .time_s = 1
	};
	struct blockmap *m = NULL;
	struct error err = ERROR_INIT;

	(void)state;
	tree_of_sizes_add(t, xstrdup("large"), 1500 * MIB);
	assert_ok(filetree_seal(t, &err), &err);
	assert_ok(ext4_layout(&spec, &m, &err), &err);
	blockmap_free(m);
}

static void test_what_cannot_be_stored(void **state)
{
	static const struct {
		const char *path, *target, *xattr;
		size_t xattr_bytes;
		const char *says;
	} cases[] = {
		{ "link", "", NULL, 0, "'/link': the symbolic link has no target" },
		{ "big-xattr", "x", "user.big", 4096,
			"'user.big' (4096 bytes) does not fit" },
		{ "huge-xattr", "x", "user.huge", 100000, "'/huge-xattr'" },
		{ "acl", "x", "system.posix_acl_access", 3, "'system.posix_acl_access'" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(filetree_freep) struct filetree *t = filetree_new(-1, true);
		struct filetree_node n = tree_symlink(cases[i].path, cases[i].target);
		CLEANUP(freep) uint8_t *value = xcalloc(1, 100000);
		struct ext4_spec spec = { .tree = t, .label = "", .time_s = 1 };
		struct blockmap *m = NULL;
		struct error err = ERROR_INIT;

		if (cases[i].xattr)
			tree_xattr(&n, cases[i].xattr, value, cases[i].xattr_bytes);
		filetree_add(t, &n);
		assert_ok(filetree_seal(t, &err), &err);
		assert_int_equal(ext4_layout(&spec, &m, &err), -1);
		assert_int_equal(err.code, ERR_FORMAT);
		assert_contains(err.msg, cases[i].says);
		assert_null(m);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_size_that_fits),
		SCRATCH_TEST(test_content_in_an_archive),
		SCRATCH_TEST(test_given_size_and_growth),
		SCRATCH_TEST(test_ext2),
		SCRATCH_TEST(test_where_the_journal_stands),
		cmocka_unit_test(test_ext2_planned_size_is_enough),
		cmocka_unit_test(test_what_cannot_be_stored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
