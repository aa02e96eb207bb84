/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "disk/xfs.h"
#include "disk/xfs_acl.h"
#include "disk/xfs_attr.h"

static char *make_checked(struct scratch *s)
{
	const struct xfs_spec spec = { .tree = s->tree, .label = "", .time_s = 1 };
	CLEANUP(blockmap_freep) struct blockmap *m = NULL;
	struct error err = ERROR_INIT;
	char *path;

	assert_ok(xfs_layout(&spec, &m, &err), &err);
	path = write_map(s, m, "root.img");
	free(TOOL("xfs_repair", "-n", "-f", path));
	return path;
}

static char *about(const char *image, const char *path, const char *command)
{
	CLEANUP(freep) char *go = xasprintf("path %s", path);

	return TOOL("xfs_db", "-r", "-c", go, "-c", command, "-c", "print", image);
}

static const uint8_t capability[20] = { 1, 0, 0, 2, 0, 4 };

/* In the inode: an attribute of each namespace, and none of the value. */
static void test_small_ones(void **state)
{
	static const char *const expected[] = {
		"core.forkoff = 35\n",
		"core.aformat = 1 (local)\n",
		"hdr.count = 3\n",
		"namelen = 10\n",
		"secure = 1\n",
		"name = \"capability\"\n",
		"value = \"\\001\\000\\000\\002\\000\\004\\000",
		"root = 1\n",
		"name = \"small\"\n",
		"value = \"t\"\n",
		"name = \"empty\"\n",
	};
	struct scratch *s = *state;
	struct filetree_node n = tree_file(s, "ping", "x", 1);
	CLEANUP(freep) char *image = NULL;
	CLEANUP(freep) char *inode = NULL;
	CLEANUP(freep) char *sb = NULL;

	tree_xattr(&n, "security.capability", capability, sizeof(capability));
	tree_xattr(&n, "trusted.small", "t", 1);
	tree_xattr(&n, "user.empty", "", 0);
	tree_add(s, n);
	n = tree_special("fifo", S_IFIFO | 0600, 0, 0);
	tree_xattr(&n, "security.selinux", "a:b:c", 6);
	tree_add(s, n);
	tree_seal(s);
	image = make_checked(s);
	inode = about(image, "/ping", "addr");
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++)
		assert_contains(inode, expected[i]);
	free(inode);
	inode = about(image, "/fifo", "addr");
	assert_contains(inode, "core.forkoff = 1\n");
	sb = TOOL("xfs_db", "-r", "-c", "sb 0", "-c", "print versionnum", image);
	assert_contains(sb, "0xb4b5"); /* there are attributes */
}

/* A leaf with values beside their names, and others in blocks of their own. */
static void test_large_ones(void **state)
{
	struct scratch *s = *state;
	struct filetree_node n = tree_dir(s, "dir");
	CLEANUP(freep) char *image = NULL;
	CLEANUP(freep) char *leaf = NULL;
	CLEANUP(freep) char *inode = NULL;
	CLEANUP(freep) char *remote = NULL;
	CLEANUP(freep) uint8_t *value = xmalloc(65536);

	memset(value, 'v', 65536);
	tree_xattr(&n, "user.most", value, 65536);
	tree_xattr(&n, "user.here", value, 2000);
	tree_xattr(&n, "user.there", value, 2100); /* both do not fit: the larger goes */
	tree_add(s, n);
	tree_seal(s);
	image = make_checked(s);
	inode = about(image, "/dir", "addr");
	assert_contains(inode, "core.aformat = 2 (extents)\n");
	assert_contains(inode, "core.nblocks = 19\n"); /* 1 + 17 + 1 */
	leaf = about(image, "/dir", "ablock 0");
	assert_contains(leaf, "hdr.info.hdr.magic = 0x3bee");
	assert_contains(leaf, "name = \"here\"");
	assert_contains(leaf, "valuelen = 65536");
	assert_contains(leaf, "valuelen = 2100");
	remote = about(image, "/dir", "ablock 1");
	assert_contains(remote, "magic = 0x5841524d");
	assert_contains(remote, "hdr.bytes = 4040\n");
}

/* A target comes before attributes, as long as it fits at all. */
static void test_of_symbolic_links(void **state)
{
	static const struct {
		int target_bytes, value_bytes;
		const char *format, *attr_format;
	} cases[] = {
		{ 100, 190, "core.format = 1 (local)", "core.aformat = 1 (local)" },
		{ 200, 190, "core.format = 1 (local)", "core.aformat = 2 (extents)" },
		{ 296, 10, "core.format = 1 (local)", "core.aformat = 1 (local)" },
		{ 297, 10, "core.format = 2 (extents)", "core.aformat = 1 (local)" },
	};
	struct scratch *s = *state;
	CLEANUP(freep) char *image = NULL;
	char bytes[1024];

	memset(bytes, 't', sizeof(bytes));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(freep) char *name = xasprintf("link%zu", i);
		CLEANUP(freep)
		char *target = xstrndup(bytes, (size_t)cases[i].target_bytes);
		struct filetree_node n = tree_symlink(name, target);

		tree_xattr(&n, "security.x", bytes, (size_t)cases[i].value_bytes);
		tree_add(s, n);
	}
	tree_seal(s);
	image = make_checked(s);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(freep) char *path = xasprintf("/link%zu", i);
		CLEANUP(freep) char *inode = about(image, path, "addr");

		assert_contains(inode, cases[i].format);
		assert_contains(inode, cases[i].attr_format);
	}
}

/* POSIX ACL of user space, version 2: u::rwx u:1000:r-x g::r-x m::r-x o::--- */
static const uint8_t acl[] = { 2, 0, 0, 0, 1, 0, 7, 0, 255, 255, 255, 255, 2, 0, 5, 0,
	0xe8, 3, 0, 0, 4, 0, 5, 0, 255, 255, 255, 255, 16, 0, 5, 0, 255, 255, 255, 255,
	32, 0, 0, 0, 255, 255, 255, 255 };

/* As "XFS Algorithms & Data Structures" has it. */
static void test_access_control_lists(void **state)
{
	static const uint8_t expected[] = { 0, 0, 0, 5, 0, 0, 0, 1, 0, 0, 0, 0, 0, 7, 0,
		0, 0, 0, 0, 2, 0, 0, 3, 0xe8, 0, 5, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 5, 0,
		0, 0, 0, 0, 16, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 32, 0, 0, 0, 0, 0, 0, 0,
		0 };
	CLEANUP(freep) void *converted = NULL;
	size_t length;

	(void)state;
	assert_string_equal(xfs_acl_name("system.posix_acl_access"), "SGI_ACL_FILE");
	assert_string_equal(xfs_acl_name("system.posix_acl_default"), "SGI_ACL_DEFAULT");
	assert_null(xfs_acl_name("system.other"));
	assert_true(xfs_acl_convert(acl, sizeof(acl), &converted, &length));
	assert_int_equal(length, sizeof(expected));
	assert_memory_equal(converted, expected, length);
	for (size_t i = 0; i < sizeof(acl); i++) {
		void *other = NULL;

		if (i < 4 || (i - 4) % 8)
			assert_false(xfs_acl_convert(acl, i, &other, &length));
		assert_null(other);
		if (i >= 4 && (i - 4) % 8 == 0)
			break;
	}
}

static void test_what_cannot_be_stored(void **state)
{
	static const struct {
		const char *path, *target, *xattr;
		size_t xattr_bytes;
		const char *says;
	} cases[] = {
		{ "link", "", NULL, 0, "'/link': the symbolic link has no target" },
		{ "huge-xattr", "x", "user.huge", 65537, "'user.huge' has 65537 bytes" },
		{ "acl", "x", "system.posix_acl_access", 3, "'system.posix_acl_access'" },
		{ "other", "x", "btrfs.compression", 3, "'btrfs.compression'" },
		{ "nameless", "x", "user.", 3, "'user.'" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(filetree_freep) struct filetree *t = filetree_new(-1, true);
		struct filetree_node n = tree_symlink(cases[i].path, cases[i].target);
		CLEANUP(freep) uint8_t *value = xcalloc(1, 65537);
		struct xfs_spec spec = { .tree = t, .label = "", .time_s = 1 };
		struct blockmap *m = NULL;
		struct error err = ERROR_INIT;

		if (cases[i].xattr)
			tree_xattr(&n, cases[i].xattr, value, cases[i].xattr_bytes);
		filetree_add(t, &n);
		assert_ok(filetree_seal(t, &err), &err);
		assert_int_equal(xfs_layout(&spec, &m, &err), -1);
		assert_int_equal(err.code, ERR_FORMAT);
		assert_contains(err.msg, cases[i].says);
		assert_null(m);
	}
}

/* All the names that one leaf can hold, their values elsewhere; and one more. */
static void test_more_names_than_fit(void **state)
{
	enum { NAMES = 150, NAME_BYTES = 5 + 12 };
	struct filetree_node n = { .path = (char *)"f", .mode = S_IFREG };
	CLEANUP(freep)
	struct filetree_xattr *xattrs = xcalloc(NAMES + 100, sizeof(*xattrs));
	struct xfs_attrs attrs;
	struct error err = ERROR_INIT;
	char value[40] = { 0 };

	(void)state;
	n.xattrs = xattrs;
	for (size_t i = 0; i < NAMES + 100; i++)
		xattrs[i] = (struct filetree_xattr){ xasprintf("user.%012zu", i), value,
			sizeof(value) };
	n.xattr_count = NAMES - 30;
	assert_ok(xfs_attrs_make(&n, &attrs, &err), &err);
	assert_true(attrs.blocks > 1);
	xfs_attrs_release(&attrs);
	n.xattr_count = NAMES + 100;
	assert_int_equal(xfs_attrs_make(&n, &attrs, &err), -1);
	assert_int_equal(err.code, ERR_FORMAT);
	assert_contains(err.msg, "'/f': its 250 extended attributes do not fit");
	for (size_t i = 0; i < NAMES + 100; i++)
		free(xattrs[i].name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_small_ones),
		SCRATCH_TEST(test_large_ones),
		SCRATCH_TEST(test_of_symbolic_links),
		cmocka_unit_test(test_access_control_lists),
		cmocka_unit_test(test_what_cannot_be_stored),
		cmocka_unit_test(test_more_names_than_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
