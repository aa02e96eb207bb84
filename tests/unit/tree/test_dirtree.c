/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree/dirtree.h"

#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "base/sandbox.h"
#include "unit.h"

static const struct filetree_node *find(const struct filetree *t, const char *path)
{
	uint32_t index = filetree_find(t, path);

	assert_int_not_equal(index, FILETREE_NO_NODE);
	return filetree_node(t, index);
}

static struct filetree *read_tree(const char *root)
{
	struct error err = ERROR_INIT;
	struct filetree *t = NULL;

	if (dirtree_read(root, &t, &err) < 0)
		fail_msg("%s", err.msg);
	return t;
}

static int in_dir(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	assert_true(fd >= 0);
	return fd;
}

static void every_kind_of_file_is_seen_as_it_is(void **state)
{
	const struct timespec times[2] = { { 0 }, { .tv_sec = -5, .tv_nsec = 7 } };
	CLEANUP(fd_closep) int dir = in_dir(*state);
	CLEANUP(filetree_freep) struct filetree *t = NULL;
	const struct filetree_node *n;

	assert_int_equal(mkdirat(dir, "d", 0), 0);
	assert_int_equal(fchmodat(dir, "d", 01751, 0), 0);
	unit_write_file(*state, "d/file", "content");
	assert_int_equal(fchmodat(dir, "d/file", 04640, 0), 0);
	assert_int_equal(utimensat(dir, "d/file", times, 0), 0);
	assert_int_equal(linkat(dir, "d/file", dir, "hard", 0), 0);
	assert_int_equal(symlinkat("/no/such\nplace", dir, "link"), 0);
	assert_int_equal(mkfifoat(dir, "fifo", 0600), 0);
	t = read_tree(*state);

	assert_int_equal(filetree_count(t), 6);
	n = find(t, "d");
	assert_int_equal(n->mode, S_IFDIR | 01751);
	n = find(t, "d/file");
	assert_int_equal(n->mode, S_IFREG | 04640);
	assert_int_equal(n->size_bytes, 7);
	assert_int_equal(n->mtime_s, -5);
	assert_int_equal(n->mtime_ns, 7);
	assert_int_equal(n->link_count, 2);
	assert_int_equal(n->uid, getuid());
	assert_false(n->sparse);
	assert_int_equal(find(t, "hard")->hard_link_of, filetree_find(t, "d/file"));
	assert_string_equal(find(t, "link")->target, "/no/such\nplace");
	assert_true(S_ISFIFO(find(t, "fifo")->mode));
}

static void content_is_what_the_file_holds(void **state)
{
	CLEANUP(filetree_freep) struct filetree *t = NULL;
	CLEANUP(fd_closep) int fd = -1;
	CLEANUP(freep) char *text = NULL;
	struct error err = ERROR_INIT;

	unit_write_file(*state, "a", "first");
	unit_write_file(*state, "b", "second");
	t = read_tree(*state);
	assert_int_equal(filetree_open_content(t, filetree_find(t, "b"), &fd, &err), 0);
	assert_int_equal(fd_read_all(fd, 100, &text, NULL, "b", &err), 0);
	assert_string_equal(text, "second");
}

static void holes_are_found_and_only_holes(void **state)
{
	CLEANUP(fd_closep) int dir = in_dir(*state);
	CLEANUP(fd_closep)
	int holey = openat(dir, "holey", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	CLEANUP(filetree_freep) struct filetree *t = NULL;

	assert_int_equal(pwrite(holey, "end", 3, 1 << 20), 3);
	unit_write_file(*state, "full", "x");
	unit_write_file(*state, "empty", "");
	t = read_tree(*state);
	assert_true(find(t, "holey")->sparse);
	assert_false(find(t, "full")->sparse);
	assert_false(find(t, "empty")->sparse);
}

static void attributes_are_kept(void **state)
{
	CLEANUP(freep) char *path = path_join(*state, "file");
	CLEANUP(filetree_freep) struct filetree *t = NULL;
	const struct filetree_node *n;

	unit_write_file(*state, "file", "x");
	if (setxattr(path, "user.b", "two\0bytes", 9, 0) < 0 ||
		setxattr(path, "user.a", "", 0, 0) < 0 ||
		setxattr(path, "user.overlay.opaque", "y", 1, 0) < 0)
		fail_msg("the test's directory has no extended attributes");
	t = read_tree(*state);
	n = find(t, "file");
	assert_int_equal(n->xattr_count, 2);
	assert_string_equal(n->xattrs[0].name, "user.a");
	assert_int_equal(n->xattrs[0].length_bytes, 0);
	assert_string_equal(n->xattrs[1].name, "user.b");
	assert_int_equal(n->xattrs[1].length_bytes, 9);
	assert_memory_equal(n->xattrs[1].value, "two\0bytes", 9);
}

/* Directory entries come in any order: nodes do not. */
static void many_files_come_in_order(void **state)
{
	CLEANUP(filetree_freep) struct filetree *t = NULL;

	for (int i = 0; i < 500; i++) {
		char name[16];

		(void)snprintf(name, sizeof(name), "f%03d", (i * 37) % 500);
		unit_write_file(*state, name, "");
	}
	t = read_tree(*state);
	assert_int_equal(filetree_count(t), 501);
	for (uint32_t i = 1; i < 500; i++)
		assert_true(strcmp(filetree_node(t, i)->path,
				    filetree_node(t, i + 1)->path) < 0);
}

static void what_is_no_directory_is_refused(void **state)
{
	CLEANUP(freep) char *file = path_join(*state, "file");
	CLEANUP(freep) char *missing = path_join(*state, "missing");
	struct filetree *t = NULL;
	struct error err = ERROR_INIT;

	unit_write_file(*state, "file", "x");
	assert_int_equal(dirtree_read(file, &t, &err), -1);
	unit_assert_error(&err, ERR_SYSTEM, file);
	assert_int_equal(dirtree_read(missing, &t, &err), -1);
	unit_assert_error(&err, ERR_SYSTEM, missing);
	assert_null(t);
}

/* Mounts `from` on `<scratch>/<at>` in a sandbox and reads the tree there. */
struct mounted {
	const char *scratch, *from, *at;
};

static int read_with_mount(
	void *userdata, struct progress *p, struct strbuf *result, struct error *err)
{
	const struct mounted *m = userdata;
	CLEANUP(freep) char *from = path_join(m->scratch, m->from);
	CLEANUP(freep) char *at = path_join(m->scratch, m->at);
	CLEANUP(filetree_freep) struct filetree *t = NULL;

	(void)p;
	(void)result;
	if (mount(from, at, NULL, MS_BIND, NULL) < 0)
		return error_errno(err, "bind");
	return dirtree_read(m->scratch, &t, err);
}

static void mounts_beneath_are_refused(void **state)
{
	static const struct {
		const char *from, *at;
	} cases[] = { { "dir", "other" }, { "file", "file2" } };
	CLEANUP(fd_closep) int dir = in_dir(*state);

	assert_int_equal(mkdirat(dir, "dir", 0755), 0);
	assert_int_equal(mkdirat(dir, "other", 0755), 0);
	unit_write_file(*state, "file", "x");
	unit_write_file(*state, "file2", "y");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct mounted m = { *state, cases[i].from, cases[i].at };
		struct error err = ERROR_INIT;

		assert_int_equal(sandbox_run(read_with_mount, &m, NULL, NULL, &err), -1);
		unit_assert_error(&err, ERR_FORMAT, cases[i].at);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(every_kind_of_file_is_seen_as_it_is),
		SCRATCH_TEST(content_is_what_the_file_holds),
		SCRATCH_TEST(holes_are_found_and_only_holes),
		SCRATCH_TEST(attributes_are_kept),
		SCRATCH_TEST(many_files_come_in_order),
		SCRATCH_TEST(what_is_no_directory_is_refused),
		SCRATCH_TEST(mounts_beneath_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
