/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree/pack_place.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "tree/dirtree.h"
#include "tree/hash_tree.h"
#include "unit.h"
#include "unit_filetree.h"

/* Every kind of file that needs no root. */
static struct filetree *make_tree(const char *scratch)
{
	CLEANUP(freep) char *root = path_join(scratch, "root");
	CLEANUP(freep) char *dir = path_join(root, "dir");
	CLEANUP(freep) char *a = path_join(root, "dir/a");
	CLEANUP(freep) char *b = path_join(root, "b");
	CLEANUP(freep) char *link = path_join(root, "link");
	CLEANUP(freep) char *fifo = path_join(root, "fifo");
	CLEANUP(freep) char *hole = path_join(root, "hole");
	CLEANUP(freep) char *zeros = xcalloc(1, 20001);
	const struct timespec times[2] = { { 1, 5 }, { 1000000007, 123456789 } };
	struct filetree *t = NULL;
	struct error err = ERROR_INIT;

	assert_int_equal(mkdir(root, 0755), 0);
	assert_int_equal(mkdir(dir, 0755), 0);
	unit_write_file(root, "dir/a", "content of a");
	unit_write_file(root, "empty", "");
	unit_write_file(root, "hole", "begin");
	assert_int_equal(truncate(hole, (1 << 20) + 7), 0);
	memset(zeros, '0', 20000);
	unit_write_file(root, "full", zeros);
	assert_int_equal(chmod(a, 04711), 0);
	assert_int_equal(setxattr(a, "user.test", "\0\377x", 3, 0), 0);
	assert_int_equal(setxattr(dir, "user.dir", "y", 1, 0), 0);
	assert_int_equal(linkat(AT_FDCWD, a, AT_FDCWD, b, 0), 0);
	assert_int_equal(symlink("dir/a", link), 0);
	assert_int_equal(mkfifo(fifo, 0620), 0);
	assert_int_equal(utimensat(AT_FDCWD, a, times, 0), 0);
	assert_int_equal(utimensat(AT_FDCWD, link, times, AT_SYMLINK_NOFOLLOW), 0);
	assert_int_equal(utimensat(AT_FDCWD, fifo, times, 0), 0);
	assert_int_equal(chmod(dir, 02550), 0);
	assert_int_equal(utimensat(AT_FDCWD, dir, times, 0), 0);
	if (dirtree_read(root, &t, &err) < 0)
		fail_msg("%s", err.msg);
	return t;
}

static struct pack packed(const struct filetree *t)
{
	CLEANUP(fd_closep) int fd = memfd_create("pack", MFD_CLOEXEC);
	CLEANUP(freep) tree_digest *digests = NULL;
	CLEANUP(freep) uint64_t *offsets = NULL;
	struct strv none = STRV_INIT;
	struct pack p = { 0 };
	struct error err = ERROR_INIT;
	uint64_t bytes;

	offsets = pack_offsets(t, NULL, NULL, &bytes);
	if (hash_tree_copy(t, NULL, fd, offsets, &digests, &err) < 0 ||
		pack_finish(fd, t, digests, NULL, &none, "test", &err) < 0 ||
		pack_read(fd, "test", &p, &err) < 0)
		fail_msg("%s", err.msg);
	return p;
}

static char *make_target(const char *scratch)
{
	char *root = path_join(scratch, "placed");

	assert_int_equal(mkdir(root, 0700), 0);
	return root;
}

static void a_tree_is_as_it_was(void **state)
{
	CLEANUP(filetree_freep) struct filetree *t = make_tree(*state);
	CLEANUP(filetree_freep) struct filetree *placed = NULL;
	CLEANUP(pack_releasep) struct pack p = packed(t);
	CLEANUP(freep) char *root = make_target(*state);
	CLEANUP(freep) tree_digest *digests = NULL;
	CLEANUP(freep) tree_digest *remembered = NULL;
	CLEANUP(digest_memo_freep) struct digest_memo *memo = digest_memo_new();
	struct error err = ERROR_INIT;

	if (pack_place(&p, root, memo, &err) < 0 ||
		dirtree_read(root, &placed, &err) < 0 ||
		hash_tree(placed, NULL, &digests, &err) < 0 ||
		hash_tree(placed, memo, &remembered, &err) < 0)
		fail_msg("%s", err.msg);
	assert_true(filetree_node(t, filetree_find(t, "hole"))->sparse);
	assert_int_equal(filetree_count(placed), filetree_count(t));
	for (uint32_t i = 0; i < filetree_count(t); i++) {
		unit_assert_same_node(filetree_node(t, i), filetree_node(placed, i));
		assert_string_equal(digests[i], p.digests[i]);
		assert_string_equal(remembered[i], p.digests[i]);
	}
}

static void damage_is_found(void **state)
{
	static const char *const files[] = { "b", "hole", "full" };
	CLEANUP(filetree_freep) struct filetree *t = make_tree(*state);
	CLEANUP(pack_releasep) struct pack p = packed(t);

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		CLEANUP(freep) char *name = xasprintf("%zu", i);
		CLEANUP(freep) char *root = path_join(*state, name);
		char *digest = p.digests[filetree_find(p.tree, files[i])];
		const char was = *digest;
		struct error err = ERROR_INIT;

		assert_int_equal(mkdir(root, 0700), 0);
		*digest = was == '0' ? '1' : '0';
		assert_int_equal(pack_place(&p, root, NULL, &err), -1);
		unit_assert_error(&err, ERR_FORMAT, "is damaged");
		*digest = was;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(a_tree_is_as_it_was),
		SCRATCH_TEST(damage_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
