/* SPDX-License-Identifier: GPL-2.0-or-later */
/* File systems that are only a function: what they say is listed, or refused. */
#include "disk/fs_walk.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "support.h"

/* An inode number below this is a directory; 1 is the root. */
enum { DIRECTORIES = 3000 };

/* Names in one directory, or directories in the root with a file each. */
struct fake {
	uint64_t dir;
	struct {
		const char *name;
		size_t name_bytes;
		uint64_t ino;
	} names[3];
	size_t directories;
};

static int read_inode(void *fs, uint64_t ino, struct filetree_node *n, struct error *err)
{
	(void)fs;
	(void)err;
	n->mode = ino < DIRECTORIES ? S_IFDIR | 0755 : S_IFREG | 0644;
	n->size_bytes = ino;
	return 0;
}

static int read_directory(void *fs, uint64_t ino, struct fs_walk *w, struct error *err)
{
	const struct fake *f = fs;
	char name[24];

	for (size_t i = 0; i < ARRAY_SIZE(f->names) && f->names[i].name; i++)
		if (f->dir == ino &&
			fs_walk_add(w, f->names[i].name, f->names[i].name_bytes,
				f->names[i].ino, err) < 0)
			return -1;
	if (ino > 1 && f->directories)
		return fs_walk_add(w, "file", 4, DIRECTORIES + ino, err);
	for (size_t i = 0; i < f->directories; i++) {
		(void)snprintf(name, sizeof(name), "dir%zu", i);
		if (fs_walk_add(w, name, strlen(name), 2 + i, err) < 0)
			return -1;
	}
	return 0;
}

static const struct fs_walk_ops ops = { read_inode, read_directory };

static void every_directory_is_read(void **state)
{
	struct fake f = { .directories = DIRECTORIES - 2 };
	CLEANUP(filetree_freep) struct filetree *t = NULL;
	struct error err = ERROR_INIT;

	(void)state;
	assert_ok(fs_walk_list(&ops, &f, "disk", 1, &t, &err), &err);
	assert_int_equal(filetree_count(t), 1 + 2 * f.directories);
	for (size_t i = 0; i < f.directories; i++) {
		CLEANUP(freep) char *path = xasprintf("dir%zu/file", i);
		const uint32_t index = filetree_find(t, path);

		assert_int_not_equal(index, FILETREE_NO_NODE);
		assert_int_equal(
			filetree_node(t, index)->size_bytes, DIRECTORIES + 2 + i);
	}
}

static void what_is_no_tree_is_refused(void **state)
{
	static const struct {
		struct fake fs;
		uint64_t root;
		const char *says;
	} cases[] = {
		{ { 1, { { "a", 1, 1 } }, 0 }, 1, "'/a': " },
		{ { 1, { { "a", 1, 2 }, { "b", 1, 2 } }, 0 }, 1, "two places" },
		{ { 1, { { "a", 1, 9000 }, { "a", 1, 9001 } }, 0 }, 1, "stands twice" },
		{ { 1, { { "", 0, 9000 } }, 0 }, 1, "a name in a directory is none" },
		{ { 1, { { "a/b", 3, 9000 } }, 0 }, 1, "a name in a directory is none" },
		{ { 1, { { "a\0b", 3, 9000 } }, 0 }, 1, "a name in a directory is none" },
		{ { 1, { { ".", 1, 9000 } }, 0 }, 1, "not a clean path" },
		{ { 1, { { "a", 1, 0 } }, 0 }, 1, "has no inode" },
		{ { 1, { { NULL, 0, 0 } }, 0 }, 9000, "its root is no directory" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fake f = cases[i].fs;
		struct filetree *t = NULL;
		struct error err = ERROR_INIT;

		assert_int_equal(
			fs_walk_list(&ops, &f, "disk", cases[i].root, &t, &err), -1);
		assert_int_equal(err.code, ERR_FORMAT);
		assert_contains(err.msg, "'disk': the file system is damaged");
		assert_contains(err.msg, cases[i].says);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_directory_is_read),
		cmocka_unit_test(what_is_no_tree_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
