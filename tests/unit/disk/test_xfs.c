/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

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
#include "base/strbuf.h"
#include "disk/xfs.h"

static struct xfs_spec spec_for(const struct scratch *s)
{
	return (struct xfs_spec){
		.tree = s->tree,
		.label = "test root",
		.uuid = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 1, 2, 3, 4, 5,
			6, 7, 8 },
		.time_s = 1700000000,
	};
}

/* xfs_repair has nothing to mend. */
static void check(const char *image)
{
	free(TOOL("xfs_repair", "-n", "-f", image));
}

static char *make_checked(struct scratch *s, const struct xfs_spec *spec)
{
	CLEANUP(blockmap_freep) struct blockmap *m = NULL;
	struct error err = ERROR_INIT;
	char *path;

	assert_ok(xfs_layout(spec, &m, &err), &err);
	path = write_map(s, m, "root.img");
	check(path);
	return path;
}

/* What xfs_db's commands print of the inode at `path`. */
static char *about(const char *image, const char *path, const char *commands)
{
	CLEANUP(freep) char *go = xasprintf("path %s", path);

	return TOOL("xfs_db", "-r", "-c", go, "-c", commands, image);
}

/* A file's content as GRUB reads it is that of the tree's file of this name. */
static void check_content(struct scratch *s, const char *image, const char *name)
{
	CLEANUP(freep) char *inside = xasprintf("(loop0)/%s", name);
	CLEANUP(freep) char *original = xasprintf("%s/%s", s->tree_dir, name);

	free(TOOL("grub-fstest", image, "cmp", inside, original));
}

static void read_at(const char *path, uint64_t offset, void *buf, size_t length)
{
	CLEANUP(fd_closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct error err = ERROR_INIT;
	size_t got;

	assert_ok(fd_pread(fd, buf, length, offset, &got, path, &err), &err);
	assert_int_equal(got, length);
}

/* The same by the extents that xfs_db lists; what is in none of them is zero. */
static void check_extents(struct scratch *s, const char *image, const char *name)
{
	CLEANUP(freep) char *original = xasprintf("%s/%s", s->tree_dir, name);
	CLEANUP(freep) char *inside = xasprintf("/%s", name);
	CLEANUP(freep)
	char *sb = TOOL("xfs_db", "-r", "-c", "sb 0", "-c", "print", image);
	CLEANUP(freep) char *map = about(image, inside, "bmap");
	const uint64_t ag_blocks = number_after(sb, "agblocks = ");
	size_t length;
	CLEANUP(freep) char *expected = read_file(original, &length);
	CLEANUP(freep) char *found = xcalloc(1, round_up(length, 4096));

	for (const char *at = map; (at = strstr(at, "data offset ")); at++) {
		unsigned long long offset, block, ag, ag_block, count;

		assert_int_equal(sscanf(at,
					 "data offset %llu startblock %llu (%llu/%llu) "
					 "count %llu",
					 &offset, &block, &ag, &ag_block, &count),
			5);
		read_at(image, (ag * ag_blocks + ag_block) * 4096, found + offset * 4096,
			count * 4096);
	}
	assert_memory_equal(found, expected, length);
}

static void test_features_and_identity(void **state)
{
	static const char *const expected[] = {
		"uuid = 01234567-89ab-cdef-0102-030405060708\n",
		"fname = \"test root\\000\\000\\000\"\n",
		"dblocks = 76800\n",
		"agcount = 2\n",
		"logblocks = 16384\n",
		"versionnum = 0xb4a5\n",
		"rootino = 128\n",
		"features2 = 0x18a\n",
		"features_ro_compat = 0xd\n",
		"features_incompat = 0xb\n",
		"icount = 64\n",
		"ifree = 61\n",
	};
	struct scratch *s = *state;
	struct xfs_spec spec = spec_for(s);
	CLEANUP(freep) char *image = NULL;
	CLEANUP(freep) char *sb = NULL;
	CLEANUP(freep) char *log = NULL;

	tree_seal(s);
	image = make_checked(s, &spec);
	sb = TOOL("xfs_db", "-r", "-c", "sb 0", "-c", "print", image);
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++)
		assert_contains(sb, expected[i]);
	log = TOOL("xfs_logprint", "-t", image);
	assert_contains(log, "<CLEAN>");
}

/* The first sectors of the log. */
static char *log_start(const char *image)
{
	CLEANUP(freep)
	char *sb = TOOL("xfs_db", "-r", "-c", "sb 0", "-c", "print", image);
	const uint64_t at = number_after(sb, "logstart = ");
	const uint64_t ag_log = number_after(sb, "agblklog = ");
	const uint64_t block = (at >> ag_log) * number_after(sb, "agblocks = ") +
			       (at & ((UINT64_C(1) << ag_log) - 1));
	char *bytes = xmalloc(4096);

	read_at(image, block * 4096, bytes, 4096);
	return bytes;
}

/* Byte for byte what mkfs.xfs makes. */
static void test_log(void **state)
{
	struct scratch *s = *state;
	struct xfs_spec spec = spec_for(s);
	CLEANUP(freep) char *image = NULL;
	CLEANUP(freep) char *theirs = scratch_path(s, "theirs");
	CLEANUP(freep) char *log = NULL;
	CLEANUP(freep) char *their_log = NULL;

	tree_seal(s);
	image = make_checked(s, &spec);
	free(TOOL("truncate", "-s", "300M", theirs));
	free(TOOL("mkfs.xfs", "-q", "-m", "uuid=01234567-89ab-cdef-0102-030405060708",
		theirs));
	log = log_start(image);
	their_log = log_start(theirs);
	assert_memory_equal(log, their_log, 4096);
}

struct kind_case {
	const char *path;
	const char *expected[6]; /* in what xfs_db prints of the inode */
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
	n.mtime_s = INT64_C(16299260424); /* the end of 2486-07-02 20:20:24 */
	tree_add(s, n);
	n = tree_file(s, "past", "", 0);
	n.mtime_s = -1;
	n.mtime_ns = 999999999;
	tree_add(s, n);
	tree_add(s, tree_symlink("fast", "dir/file"));
	tree_add(s, tree_symlink("slow", long_target));
	tree_add(s, tree_special("null", S_IFCHR | 0666, 1, 3));
	tree_add(s, tree_special("disk", S_IFBLK | 0660, 259, 262143));
	tree_add(s, tree_special("fifo", S_IFIFO | 0600, 0, 0));
	tree_add(s, tree_special("socket", S_IFSOCK | 0600, 0, 0));
}

static void test_kinds_of_files(void **state)
{
	char long_target[1024];
	const struct kind_case cases[] = {
		{ "/", { "mode = 041750", "uid = 3\n", "gid = 0\n", "nlinkv2 = 3\n",
			       "core.mtime.sec = Fri Jul 14 02:40:00 2017\n" } },
		{ "/dir", { "mode = 040755", "uid = 70000\n", "gid = 2000000000\n",
				  "nlinkv2 = 2\n" } },
		{ "/dir/file", { "mode = 0106755", "core.size = 7\n",
				       "mtime.sec = Sun Sep 13 12:26:40 2020\n"
				       "core.mtime.nsec = 123456789\n",
				       "atime.sec = Sun Sep 13 12:26:40 2020\n"
				       "core.atime.nsec = 123456789\n",
				       "ctime.sec = Sun Sep 13 12:26:40 2020\n"
				       "core.ctime.nsec = 123456789\n",
				       "crtime.sec = Tue Nov 14 22:13:20 2023\n" } },
		{ "/future", { "mtime.sec = Tue Jul  2 20:20:24 2486\n"
			       "core.mtime.nsec = 123456789\n" } },
		{ "/past", { "mtime.sec = Wed Dec 31 23:59:59 1969\n"
			     "core.mtime.nsec = 999999999\n" } },
		{ "/fast", { "mode = 0120777", "u3.symlink = \"dir/file\"\n" } },
		{ "/slow", { "mode = 0120777", "core.size = 1023\n",
				   "core.nblocks = 1\n" } },
		{ "/null", { "mode = 020666", "u3.dev = 0x40003\n" } },
		{ "/disk", { "mode = 060660", "u3.dev = 0x40fffff\n" } },
		{ "/fifo", { "mode = 010600" } },
		{ "/socket", { "mode = 0140600" } },
	};
	struct scratch *s = *state;
	struct xfs_spec spec = spec_for(s);
	CLEANUP(freep) char *image = NULL;

	memset(long_target, 't', sizeof(long_target) - 1);
	long_target[sizeof(long_target) - 1] = '\0';
	add_kinds(s, long_target);
	tree_seal(s);
	image = make_checked(s, &spec);
	assert_return_code(setenv("TZ", "UTC", 1), 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(freep) char *output = about(image, cases[i].path, "print");

		for (size_t j = 0; j < ARRAY_SIZE(cases[i].expected); j++)
			if (cases[i].expected[j])
				assert_contains(output, cases[i].expected[j]);
	}
}

static void test_content_of_every_length(void **state)
{
	static const size_t lengths[] = { 0, 1, 4095, 4096, 4097, 12288, 1048577 };
	struct scratch *s = *state;
	struct xfs_spec spec = spec_for(s);
	CLEANUP(freep) uint8_t *pattern = xmalloc(1048577);
	CLEANUP(freep) char *image = NULL;

	fill_pattern(pattern, 1048577, 7);
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		CLEANUP(freep) char *name = xasprintf("f%zu", lengths[i]);

		tree_add(s, tree_file(s, name, pattern, lengths[i]));
	}
	tree_seal(s);
	image = make_checked(s, &spec);
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		CLEANUP(freep) char *name = xasprintf("f%zu", lengths[i]);

		check_content(s, image, name);
	}
}

static void test_hard_links(void **state)
{
	struct scratch *s = *state;
	struct xfs_spec spec = spec_for(s);
	CLEANUP(freep) char *image = NULL;

	for (int i = 0; i < 3; i++) {
		CLEANUP(freep) char *name = xasprintf("name%d", i);
		struct filetree_node n = tree_file(s, name, "linked", 6);

		n.link_key[0] = 42;
		tree_add(s, n);
	}
	tree_seal(s);
	image = make_checked(s, &spec);
	for (int i = 0; i < 3; i++) {
		CLEANUP(freep) char *path = xasprintf("/name%d", i);
		CLEANUP(freep) char *output = about(image, path, "print");

		assert_contains(output, "core.nlinkv2 = 3\n");
		assert_contains(output, "v3.inumber = 131\n");
		check_content(s, image, path + 1);
	}
}

static int open_sparse(struct scratch *s, const char *name, uint64_t size)
{
	CLEANUP(freep) char *path = xasprintf("%s/%s", s->tree_dir, name);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	struct filetree_node n = { .path = xstrdup(name),
		.mode = S_IFREG | 0600,
		.size_bytes = size,
		.sparse = true };

	assert_return_code(fd, 0);
	assert_return_code(ftruncate(fd, (off_t)size), 0);
	tree_add(s, n);
	return fd;
}

/* A list of extents in the inode, at its limit; trees of one leaf, of two, of a level
 * more. */
static void test_sparse_files_in_many_pieces(void **state)
{
	enum { EVERY = 8192 };
	static const struct {
		int pieces;
		const char *expected[2];
	} cases[] = {
		{ 21, { "core.format = 2 (extents)", "core.nextents = 21\n" } },
		{ 22, { "core.format = 3 (btree)", "u3.bmbt.numrecs = 1\n" } },
		{ 251, { "u3.bmbt.level = 1\n", "u3.bmbt.numrecs = 1\n" } },
		{ 252, { "u3.bmbt.level = 1\n", "u3.bmbt.numrecs = 2\n" } },
		{ 5021, { "u3.bmbt.level = 2\n", "u3.bmbt.numrecs = 1\n" } },
	};
	struct scratch *s = *state;
	struct xfs_spec spec = spec_for(s);
	CLEANUP(freep) char *image = NULL;
	struct error err = ERROR_INIT;

	for (size_t c = 0; c < ARRAY_SIZE(cases); c++) {
		const uint64_t size = (uint64_t)cases[c].pieces * EVERY + 5;
		CLEANUP(freep) char *name = xasprintf("sparse%d", cases[c].pieces);
		CLEANUP(fd_closep) int fd = open_sparse(s, name, size);

		for (int i = 1; i <= cases[c].pieces; i++)
			assert_ok(fd_pwrite_all(fd, &i, sizeof(i),
					  (uint64_t)(i - 1) * EVERY + 5, name, &err),
				&err);
	}
	tree_seal(s);
	image = make_checked(s, &spec);
	for (size_t c = 0; c < ARRAY_SIZE(cases); c++) {
		CLEANUP(freep) char *path = xasprintf("/sparse%d", cases[c].pieces);
		CLEANUP(freep) char *output = about(image, path, "print");

		assert_contains(output, cases[c].expected[0]);
		assert_contains(output, cases[c].expected[1]);
		check_extents(s, image, path + 1);
	}
}

static void test_sparse_file_with_far_data(void **state)
{
	const uint64_t size = GIB * 1024;
	struct scratch *s = *state;
	struct xfs_spec spec = spec_for(s);
	CLEANUP(fd_closep) int fd = open_sparse(s, "far", size);
	CLEANUP(fd_closep) int empty_fd = open_sparse(s, "hole", size);
	CLEANUP(freep) char *image = NULL;
	CLEANUP(freep) char *far = NULL;
	CLEANUP(freep) char *hole = NULL;
	struct error err = ERROR_INIT;

	assert_ok(fd_pwrite_all(fd, "far", 3, size - 3, "far", &err), &err);
	assert_ok(fd_pwrite_all(fd, "odd", 3, 12345 * MIB + 4094, "far", &err), &err);
	tree_seal(s);
	image = make_checked(s, &spec);
	far = about(image, "/far", "bmap");
	/* "odd" lies across two blocks, "far" in the last one. */
	assert_contains(far, "data offset 3160320 startblock");
	assert_contains(far, "count 2 flag 0\ndata offset 268435455 startblock");
	hole = about(image, "/hole", "print");
	assert_contains(hole, "core.size = 1099511627776\ncore.nblocks = 0\n");
}

/* Every form, and names of every length up to 255. */
static void test_directories_of_every_size(void **state)
{
	static const struct {
		int entries;
		const char *expected[2];
	} cases[] = {
		{ 0, { "core.format = 1 (local)", "core.size = 6\n" } },
		{ 3, { "core.format = 1 (local)", "u3.sfdir3.hdr.count = 3\n" } },
		{ 30, { "core.format = 2 (extents)", "core.size = 4096\n" } },
		{ 200, { "core.nblocks = 8\n", "core.nextents = 2\n" } }, /* one leaf */
		{ 700, { "core.nextents = 3\n", "core.size = 106496\n" } }, /* a tree */
	};
	struct scratch *s = *state;
	struct xfs_spec spec = spec_for(s);
	CLEANUP(freep) char *image = NULL;

	for (size_t c = 0; c < ARRAY_SIZE(cases); c++) {
		CLEANUP(freep) char *dir = xasprintf("d%d", cases[c].entries);

		tree_add(s, tree_dir(s, dir));
		for (int i = 0; i < cases[c].entries; i++) {
			CLEANUP(freep)
			char *path = xasprintf("%s/%0*d", dir, 5 + i * 3 % 251, i);

			tree_add(s, tree_symlink(path, "x"));
		}
	}
	tree_seal(s);
	image = make_checked(s, &spec);
	for (size_t c = 0; c < ARRAY_SIZE(cases); c++) {
		CLEANUP(freep) char *dir = xasprintf("/d%d", cases[c].entries);
		CLEANUP(freep) char *list = about(image, dir, "ls");
		CLEANUP(freep) char *inode = about(image, dir, "print");

		for (int i = 0; i < cases[c].entries; i++) {
			CLEANUP(freep)
			char *entry = xasprintf(" %0*d (good)", 5 + i * 3 % 251, i);

			assert_contains(list, entry);
		}
		assert_contains(inode, cases[c].expected[0]);
		assert_contains(inode, cases[c].expected[1]);
	}
}

/* The root's child is a node, not a leaf, and the index of room has several blocks. */
static void test_enormous_directory(void **state)
{
	enum { ENTRIES = 260000 };
	struct scratch *s = *state;
	struct xfs_spec spec = spec_for(s);
	CLEANUP(freep) char *image = NULL;
	CLEANUP(freep) char *root = NULL;

	for (int i = 0; i < ENTRIES; i++) {
		CLEANUP(freep) char *name = xasprintf("%0*d", 6 + i % 30, i);

		tree_add(s, tree_special(name, S_IFIFO | 0600, 0, 0));
	}
	tree_seal(s);
	image = make_checked(s, &spec);
	root = TOOL("xfs_db", "-r", "-c", "inode 128", "-c", "dblock 8388608", "-c",
		"print nhdr.level nhdr.count", image);
	assert_contains(root, "nhdr.level = 2\n");
	assert_contains(root, "nhdr.count = 2\n");
}

static void test_same_bytes_each_time(void **state)
{
	struct scratch *s = *state;
	struct xfs_spec spec = spec_for(s);
	CLEANUP(blockmap_freep) struct blockmap *a = NULL;
	CLEANUP(blockmap_freep) struct blockmap *b = NULL;
	CLEANUP(freep) uint8_t *bytes_a = NULL;
	CLEANUP(freep) uint8_t *bytes_b = NULL;
	struct error err = ERROR_INIT;
	struct filetree_node n = tree_file(s, "file", "content", 7);

	tree_xattr(&n, "user.a", "b", 1);
	tree_add(s, n);
	tree_add(s, tree_dir(s, "dir"));
	tree_seal(s);
	assert_ok(xfs_layout(&spec, &a, &err), &err);
	assert_ok(xfs_layout(&spec, &b, &err), &err);
	assert_int_equal(blockmap_size_bytes(a), blockmap_size_bytes(b));
	bytes_a = read_map(a);
	bytes_b = read_map(b);
	assert_memory_equal(bytes_a, bytes_b, blockmap_size_bytes(a));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_features_and_identity),
		SCRATCH_TEST(test_log),
		SCRATCH_TEST(test_kinds_of_files),
		SCRATCH_TEST(test_content_of_every_length),
		SCRATCH_TEST(test_hard_links),
		SCRATCH_TEST(test_sparse_files_in_many_pieces),
		SCRATCH_TEST(test_sparse_file_with_far_data),
		SCRATCH_TEST(test_directories_of_every_size),
		SCRATCH_TEST(test_enormous_directory),
		SCRATCH_TEST(test_same_bytes_each_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
