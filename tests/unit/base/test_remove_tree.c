/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/remove_tree.h"

#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "base/sandbox.h"
#include "unit.h"

static void a_tree_is_removed_but_nothing_that_it_links_to(void **state)
{
	CLEANUP(freep) char *tree = path_join(*state, "tree");
	CLEANUP(freep) char *keep = path_join(*state, "keep");
	CLEANUP(freep) char *kept = path_join(keep, "file");
	CLEANUP(freep) char *deep = path_join(tree, "a/b\n\xff/ -rf");
	CLEANUP(freep) char *to_keep = path_join(deep, "link");
	CLEANUP(freep) char *fifo = path_join(deep, "fifo");
	CLEANUP(freep) char *closed = path_join(tree, "closed");
	CLEANUP(freep) char *fixed = path_join(tree, "fixed");
	struct error err = ERROR_INIT;

	assert_int_equal(path_make_dirs(keep, 0755, &err), 0);
	assert_int_equal(path_make_dirs(deep, 0755, &err), 0);
	assert_int_equal(path_make_dirs(closed, 0755, &err), 0);
	assert_int_equal(path_make_dirs(fixed, 0755, &err), 0);
	unit_write_file(keep, "file", "kept");
	unit_write_file(closed, "file", "");
	unit_write_file(fixed, "file", "");
	for (int i = 0; i < 3000; i++) {
		char name[16];

		(void)snprintf(name, sizeof(name), "%d", i);
		unit_write_file(tree, name, "");
	}
	assert_int_equal(symlink(keep, to_keep), 0);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	/* What only root could still remove as it stands. */
	assert_int_equal(chmod(closed, 0), 0);
	assert_int_equal(chmod(fixed, 0555), 0);
	if (remove_tree(tree, &err) < 0)
		fail_msg("%s", err.msg);
	assert_false(path_exists(tree));
	assert_true(path_exists(kept));
	assert_int_equal(remove_tree(tree, &err), 0); /* missing is fine */
	assert_int_equal(remove_tree(deep, &err), 0);
}

static void removal_takes_links_files_and_trailing_slashes(void **state)
{
	CLEANUP(freep) char *dir = path_join(*state, "dir");
	CLEANUP(freep) char *slashes = path_join(*state, "dir//");
	CLEANUP(freep) char *link = path_join(*state, "link");
	CLEANUP(freep) char *up = path_join(*state, "dir/..");
	struct error err = ERROR_INIT;

	assert_int_equal(path_make_dirs(dir, 0755, &err), 0);
	assert_int_equal(symlink("dir", link), 0);
	assert_int_equal(remove_tree(link, &err), 0);
	assert_false(path_exists(link));
	assert_true(path_exists(dir));
	assert_int_equal(remove_tree(up, &err), -1);
	assert_true(path_exists(dir));
	assert_int_equal(remove_tree(slashes, &err), 0);
	assert_false(path_exists(dir));
}

static void removal_says_what_it_could_not_remove(void **state)
{
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(remove_tree("/proc/self", &err), -1);
	unit_assert_error(&err, ERR_SYSTEM, "remove '/proc/self'");
}

/* A bind mount in a tree, of a directory of the same file system. */
static int remove_with_mount_inside(
	void *dir, struct progress *progress, struct strbuf *result, struct error *err)
{
	CLEANUP(freep) char *tree = path_join(dir, "tree");
	CLEANUP(freep) char *at = path_join(tree, "mnt");
	CLEANUP(freep) char *keep = path_join(dir, "keep");

	(void)progress;
	(void)result;
	if (mount(keep, at, NULL, MS_BIND, NULL) < 0)
		return error_errno(err, "mount");
	return remove_tree(tree, err);
}

static void a_mount_in_a_tree_is_not_entered(void **state)
{
	CLEANUP(freep) char *at = path_join(*state, "tree/mnt");
	CLEANUP(freep) char *keep = path_join(*state, "keep");
	CLEANUP(freep) char *file = path_join(keep, "file");
	struct error err = ERROR_INIT;

	assert_int_equal(path_make_dirs(at, 0755, &err), 0);
	assert_int_equal(path_make_dirs(keep, 0755, &err), 0);
	unit_write_file(keep, "file", "kept");
	assert_int_equal(
		sandbox_run(remove_with_mount_inside, *state, NULL, NULL, &err), -1);
	unit_assert_error(&err, ERR_SYSTEM, "remove '");
	assert_int_equal(err.detail, EXDEV);
	assert_true(path_exists(file));
}

/* More directories than threads, deeper than wide and wider than deep. */
static void many_directories_are_removed_by_many_threads(void **state)
{
	CLEANUP(freep) char *top = path_join(*state, "top");
	struct error err = ERROR_INIT;

	for (int i = 0; i < 40; i++) {
		for (int j = 0; j < 20; j++) {
			CLEANUP(freep)
			char *dir = xasprintf(
				j % 2 ? "%s/%d/%d/a/b/c/d/e/f" : "%s/%d/%d", top, i, j);

			assert_int_equal(path_make_dirs(dir, 0755, &err), 0);
			unit_write_file(dir, "file", "");
		}
	}
	if (remove_tree(top, &err) < 0)
		fail_msg("%s", err.msg);
	assert_false(path_exists(top));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(a_tree_is_removed_but_nothing_that_it_links_to),
		SCRATCH_TEST(removal_takes_links_files_and_trailing_slashes),
		cmocka_unit_test(removal_says_what_it_could_not_remove),
		SCRATCH_TEST(a_mount_in_a_tree_is_not_entered),
		SCRATCH_TEST(many_directories_are_removed_by_many_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
