/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ext4_images.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/size.h"
#include "base/strbuf.h"

static void test_features_and_identity(void **state)
{
	static const char *const expected[] = {
		"Filesystem volume name:   test root\n",
		"Filesystem UUID:          01234567-89ab-cdef-0102-030405060708\n",
		"has_journal ext_attr resize_inode dir_index filetype extent 64bit "
		"flex_bg "
		"sparse_super large_file huge_file dir_nlink extra_isize metadata_csum\n",
		"Filesystem state:         clean\n",
		"Default mount options:    user_xattr acl\n",
		"Directory Hash Seed:      09080700-0000-0000-0000-000000000000\n",
		"Checksum type:            crc32c\n",
		"Total journal size:       4096k\n",
		"Inodes per group:         8192\n",
		"Maximum mount count:      -1\n",
		"[ITABLE_ZEROED]",
	};
	struct scratch *s = *state;
	struct ext4_spec spec = ext4_spec_for(s);
	CLEANUP(freep) char *image = NULL;
	CLEANUP(freep) char *about = NULL;

	tree_seal(s);
	image = ext4_make_checked(s, &spec);
	assert_return_code(setenv("TZ", "UTC", 1), 0);
	about = TOOL("dumpe2fs", image);
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++)
		assert_contains(about, expected[i]);
	assert_int_equal(number_after(about, "Inode size:"), 256);
	assert_contains(about, "Filesystem created:       Tue Nov 14 22:13:20 2023\n");
	assert_contains(about, "Last write time:          Tue Nov 14 22:13:20 2023\n");
}

struct kind_case {
	const char *path;
	const char *expected[6]; /* in the output of debugfs's stat */
};

static void add_kinds(struct scratch *s, const char *long_target)
{
	struct filetree_node n = { .path = xstrdup(""),
		.mode = S_IFDIR | 01750,
		.uid = 3,
		.mtime_s = 1500000000 };

	tree_add(s, n);
	n = tree_dir(s, "dir");
	n.uid = 70000;
	n.gid = 2000000000;
	tree_add(s, n);
	n = tree_file(s, "dir/file", "content", 7);
	n.mode = S_IFREG | 06755;
	tree_add(s, n);
	n = tree_file(s, "future", "", 0);
	n.mtime_s = INT64_C(15032385535); /* the end of 2446-05-10 */
	tree_add(s, n);
	n = tree_file(s, "past", "", 0);
	n.mtime_s = -1;
	n.mtime_ns = 999999999;
	tree_add(s, n);
	tree_add(s, tree_symlink("fast", "dir/file"));
	tree_add(s, tree_symlink("slow", long_target));
	tree_add(s, tree_special("null", S_IFCHR | 0666, 1, 3));
	tree_add(s, tree_special("disk", S_IFBLK | 0660, 259, 1048575));
	tree_add(s, tree_special("fifo", S_IFIFO | 0600, 0, 0));
	tree_add(s, tree_special("socket", S_IFSOCK | 0600, 0, 0));
}

static void test_kinds_of_files(void **state)
{
	static const struct kind_case cases[] = {
		{ "/", { "Type: directory    Mode:  01750", "User:     3   Group:     0",
			       "Links: 4 ", "mtime: 0x59682f00:00000000" } },
		{ "/dir", { "Mode:  0755", "User: 70000   Group: 2000000000",
				  "Links: 2 " } },
		{ "/dir/file", { "Type: regular    Mode:  06755", "Size: 7\n",
				       "mtime: 0x5f5e1000:1d6f3454",
				       "atime: 0x5f5e1000:1d6f3454",
				       "ctime: 0x5f5e1000:1d6f3454",
				       "crtime: 0x5f5e1000:1d6f3454" } },
		{ "/future", { "mtime: 0x7fffffff:1d6f3457" } },
		{ "/past", { "mtime: 0xffffffff:ee6b27fc" } },
		{ "/fast", { "Type: symlink", "Fast link dest: \"dir/file\"",
				   "Size: 8\n" } },
		{ "/slow", { "Type: symlink", "Size: 4095\n", "Blockcount: 8\n" } },
		{ "/null", { "Type: character special    Mode:  0666",
				   "Device major/minor number: 01:03" } },
		{ "/disk", { "Type: block special    Mode:  0660",
				   "Device major/minor number: 259:1048575 " } },
		{ "/fifo", { "Type: FIFO" } },
		{ "/socket", { "Type: socket" } },
		{ "/lost+found", { "Type: directory    Mode:  0700", "Size: 16384\n" } },
	};
	struct scratch *s = *state;
	struct ext4_spec spec = ext4_spec_for(s);
	CLEANUP(strbuf_releasep) struct strbuf commands = STRBUF_INIT;
	CLEANUP(freep) char *image = NULL;
	CLEANUP(freep) char *output = NULL;
	CLEANUP(freep) char *target = NULL;
	char long_target[4096];

	memset(long_target, 't', 4095);
	long_target[4095] = '\0';
	add_kinds(s, long_target);
	tree_seal(s);
	image = ext4_make_checked(s, &spec);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		strbuf_addf(&commands, "stat %s\n", cases[i].path);
	strbuf_add_str(&commands, "cat /slow\n");
	output = ext4_debugfs(s, image, commands.data);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(freep) char *command = xasprintf("stat %s", cases[i].path);
		CLEANUP(freep) char *about = ext4_output_of(output, command);

		for (size_t j = 0; j < ARRAY_SIZE(cases[i].expected); j++)
			if (cases[i].expected[j])
				assert_contains(about, cases[i].expected[j]);
	}
	target = ext4_output_of(output, "cat /slow");
	assert_int_equal(strncmp(target, long_target, 4095), 0);
}

static void test_content_of_every_length(void **state)
{
	static const size_t lengths[] = { 0, 1, 4095, 4096, 4097, 59, 60, 12288,
		1048577 };
	struct scratch *s = *state;
	struct ext4_spec spec = ext4_spec_for(s);
	CLEANUP(strbuf_releasep) struct strbuf commands = STRBUF_INIT;
	CLEANUP(freep) uint8_t *pattern = xmalloc(1048577);
	CLEANUP(freep) char *image = NULL;

	fill_pattern(pattern, 1048577, 7);
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		char name[32];

		(void)snprintf(name, sizeof(name), "f%zu", lengths[i]);
		tree_add(s, tree_file(s, name, pattern + i,
				    lengths[i] - (i && i == 8 ? 8 : 0)));
		strbuf_addf(&commands, "dump /%s %s/out%zu\n", name, s->dir, lengths[i]);
	}
	tree_seal(s);
	image = ext4_make_checked(s, &spec);
	free(ext4_debugfs(s, image, commands.data));
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		const size_t expected = lengths[i] - (i == 8 ? 8 : 0);
		CLEANUP(freep) char *path = xasprintf("%s/out%zu", s->dir, lengths[i]);
		size_t length;
		CLEANUP(freep) char *bytes = read_file(path, &length);

		assert_int_equal(length, expected);
		assert_memory_equal(bytes, pattern + i, expected);
	}
}

static void test_hard_links(void **state)
{
	struct scratch *s = *state;
	struct ext4_spec spec = ext4_spec_for(s);
	CLEANUP(freep) char *image = NULL;
	CLEANUP(freep) char *output = NULL;

	for (int i = 0; i < 3; i++) {
		char name[8];
		struct filetree_node n;

		(void)snprintf(name, sizeof(name), "name%d", i);
		n = tree_file(s, name, "linked", 6);
		n.link_key[0] = 42;
		tree_add(s, n);
	}
	tree_seal(s);
	image = ext4_make_checked(s, &spec);
	output = ext4_debugfs(s, image, "stat /name0\nncheck 12\ncat /name2\n");
	assert_contains(output, "Links: 3 ");
	assert_contains(output, "12\t//name0\n12\t//name1\n12\t//name2\n");
	assert_contains(output, "linked");
}

/* Names of every length up to 255, in more blocks than one. */
static void test_large_directory(void **state)
{
	enum { ENTRIES = 3000 };
	struct scratch *s = *state;
	struct ext4_spec spec = ext4_spec_for(s);
	CLEANUP(freep) char *image = NULL;
	CLEANUP(freep) char *list = NULL;

	tree_add(s, tree_dir(s, "large"));
	for (int i = 0; i < ENTRIES; i++) {
		CLEANUP(freep) char *path = xasprintf("large/%0*d", 5 + i % 251, i);

		tree_add(s, tree_symlink(path, "x"));
	}
	tree_seal(s);
	image = ext4_make_checked(s, &spec);
	list = ext4_debugfs(s, image, "ls -p /large\n");
	for (int i = 0; i < ENTRIES; i++) {
		CLEANUP(freep) char *entry = xasprintf("/%0*d/", 5 + i % 251, i);

		assert_contains(list, entry);
	}
}

/* So many pieces that the extents make a tree of depth 2 (more than 4 * 340 of them). */
static void test_sparse_file_in_many_pieces(void **state)
{
	enum { PIECES = 1500, EVERY = 64 << 10 };
	struct scratch *s = *state;
	struct ext4_spec spec = ext4_spec_for(s);
	CLEANUP(fd_closep)
	int fd = tree_open_sparse(s, "sparse", (uint64_t)PIECES * EVERY + 5);
	CLEANUP(freep) char *image = NULL;
	CLEANUP(freep) char *output = NULL;
	CLEANUP(freep) char *copy = scratch_path(s, "copy");
	CLEANUP(freep) char *original = scratch_path(s, "tree/sparse");
	struct error err = ERROR_INIT;

	for (int i = 0; i < PIECES; i++)
		assert_ok(fd_pwrite_all(fd, &i, sizeof(i), (uint64_t)i * EVERY + 5,
				  "sparse", &err),
			&err);
	tree_seal(s);
	image = ext4_make_checked(s, &spec);
	output = ext4_debugfs(s, image, "ex /sparse\ndump /sparse copy\n");
	assert_contains(output, " 2/ 2   1/");
	free(output);
	output = xasprintf("stat /sparse\ndump /sparse %s\n", copy);
	free(ext4_debugfs(s, image, output));
	free(TOOL("cmp", original, copy));
}

static void test_sparse_file_with_far_data(void **state)
{
	const uint64_t size = GIB * 1024;
	struct scratch *s = *state;
	struct ext4_spec spec = ext4_spec_for(s);
	CLEANUP(fd_closep) int fd = tree_open_sparse(s, "far", size);
	CLEANUP(fd_closep) int empty_fd = tree_open_sparse(s, "hole", size);
	CLEANUP(freep) char *image = NULL;
	CLEANUP(freep) char *output = NULL;
	struct error err = ERROR_INIT;

	assert_ok(fd_pwrite_all(fd, "far", 3, size - 3, "far", &err), &err);
	assert_ok(fd_pwrite_all(fd, "odd", 3, 12345 * MIB + 4094, "far", &err), &err);
	tree_seal(s);
	image = ext4_make_checked(s, &spec);
	output = ext4_debugfs(s, image, "stat /far\nstat /hole\n");
	assert_contains(output, "Size: 1099511627776");
	/* "odd" lies across two blocks, "far" in the last one. */
	assert_contains(output, "(3160320-3160321):");
	assert_contains(output, "(268435455):");
	assert_contains(output, "Blockcount: 24\n");
	assert_contains(output, "Blockcount: 0\n");
}

/* Dense although it is all zero, and longer than one extent can be. */
static void test_large_dense_file(void **state)
{
	struct scratch *s = *state;
	struct ext4_spec spec = ext4_spec_for(s);
	struct filetree_node n = tree_file(s, "large", "", 0);
	CLEANUP(freep) char *path = scratch_path(s, "tree/large");
	CLEANUP(freep) char *image = NULL;
	CLEANUP(freep) char *output = NULL;

	n.size_bytes = 700 * MIB + 1;
	assert_return_code(truncate(path, (off_t)n.size_bytes), 0);
	tree_add(s, n);
	tree_seal(s);
	image = ext4_make_checked(s, &spec);
	output = ext4_debugfs(s, image, "stat /large\n");
	assert_contains(output, "Size: 734003201");
	assert_contains(output, "(ETB0):"); /* more than four extents */
	assert_contains(
		output, "Blockcount: 1433616\n"); /* 179201 blocks and one of the tree */
}

static void test_xattrs(void **state)
{
	static const uint8_t capability[20] = { 1, 0, 0, 2, 0, 4 };
	/* POSIX ACL of user space, version 2: u::rwx u:1000:r-x g::r-x m::r-x o::--- */
	static const uint8_t acl[] = { 2, 0, 0, 0, 1, 0, 7, 0, 255, 255, 255, 255, 2, 0,
		5, 0, 0xe8, 3, 0, 0, 4, 0, 5, 0, 255, 255, 255, 255, 16, 0, 5, 0, 255,
		255, 255, 255, 32, 0, 0, 0, 255, 255, 255, 255 };
	struct scratch *s = *state;
	struct ext4_spec spec = ext4_spec_for(s);
	struct filetree_node n = tree_file(s, "ping", "x", 1);
	CLEANUP(freep) char *image = NULL;
	CLEANUP(freep) char *output = NULL;
	CLEANUP(freep) char *got_capability = scratch_path(s, "capability");
	CLEANUP(freep) char *got_acl = scratch_path(s, "acl");
	CLEANUP(freep) char *got_large = scratch_path(s, "large");
	CLEANUP(strbuf_releasep) struct strbuf commands = STRBUF_INIT;
	uint8_t large[3000];
	size_t length;
	char *bytes;

	fill_pattern(large, sizeof(large), 3);
	tree_xattr(&n, "security.capability", capability, sizeof(capability));
	tree_add(s, n);
	n = tree_dir(s, "dir");
	tree_xattr(&n, "system.posix_acl_access", acl, sizeof(acl));
	tree_xattr(&n, "system.posix_acl_default", acl, sizeof(acl));
	tree_xattr(&n, "user.large", large, sizeof(large));
	tree_xattr(&n, "user.empty", "", 0);
	tree_xattr(&n, "trusted.small", "t", 1);
	tree_add(s, n);
	n = tree_symlink("link", "target");
	tree_xattr(&n, "security.selinux", "a:b:c", 6);
	tree_add(s, n);
	tree_seal(s);
	image = ext4_make_checked(s, &spec);
	strbuf_addf(&commands,
		"ea_list /dir\nea_list /link\nea_get -f %s /ping security.capability\n"
		"ea_get -f %s /dir system.posix_acl_access\nea_get -f %s /dir "
		"user.large\n"
		"stat /ping\n",
		got_capability, got_acl, got_large);
	output = ext4_debugfs(s, image, commands.data);
	assert_contains(output, "user.large (3000)");
	assert_contains(output, "user.empty (0)");
	assert_contains(output, "trusted.small (1) = \"t\"");
	assert_contains(output, "system.posix_acl_default (");
	assert_contains(output, "security.selinux (6)");
	assert_contains(output, "File ACL: 0\n"); /* it fits behind the inode */
	bytes = read_file(got_capability, &length);
	assert_int_equal(length, sizeof(capability));
	assert_memory_equal(bytes, capability, length);
	free(bytes);
	bytes = read_file(got_large, &length);
	assert_int_equal(length, sizeof(large));
	assert_memory_equal(bytes, large, length);
	free(bytes);
	bytes = read_file(got_acl, &length);
	/* Ids only of the named user: debugfs shows those of the others as 0. */
	assert_int_equal(length, sizeof(acl));
	assert_memory_equal(bytes + 12, acl + 12, 8);
	free(bytes);
}

static void test_same_bytes_each_time(void **state)
{
	struct scratch *s = *state;
	struct ext4_spec spec = ext4_spec_for(s);
	CLEANUP(blockmap_freep) struct blockmap *a = NULL;
	CLEANUP(blockmap_freep) struct blockmap *b = NULL;
	CLEANUP(freep) uint8_t *bytes_a = NULL;
	CLEANUP(freep) uint8_t *bytes_b = NULL;
	struct error err = ERROR_INIT;
	struct filetree_node n;

	n = tree_file(s, "file", "content", 7);
	tree_xattr(&n, "user.a", "b", 1);
	tree_add(s, n);
	tree_add(s, tree_dir(s, "dir"));
	tree_seal(s);
	assert_ok(ext4_layout(&spec, &a, &err), &err);
	/* What these two are for other programs must not matter. */
	assert_return_code(setenv("SOURCE_DATE_EPOCH", "12345", 1), 0);
	assert_return_code(setenv("E2FSPROGS_FAKE_TIME", "12345", 1), 0);
	assert_ok(ext4_layout(&spec, &b, &err), &err);
	assert_return_code(unsetenv("SOURCE_DATE_EPOCH"), 0);
	assert_return_code(unsetenv("E2FSPROGS_FAKE_TIME"), 0);
	assert_int_equal(blockmap_size_bytes(a), blockmap_size_bytes(b));
	bytes_a = read_map(a);
	bytes_b = read_map(b);
	assert_memory_equal(bytes_a, bytes_b, blockmap_size_bytes(a));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_features_and_identity),
		SCRATCH_TEST(test_kinds_of_files),
		SCRATCH_TEST(test_content_of_every_length),
		SCRATCH_TEST(test_hard_links),
		SCRATCH_TEST(test_large_directory),
		SCRATCH_TEST(test_sparse_file_in_many_pieces),
		SCRATCH_TEST(test_sparse_file_with_far_data),
		SCRATCH_TEST(test_large_dense_file),
		SCRATCH_TEST(test_xattrs),
		SCRATCH_TEST(test_same_bytes_each_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
