/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree/hash_tree.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include "tree/dirtree.h"
#include "unit.h"

#define SHA_ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static struct filetree *make_tree(const char *scratch)
{
	CLEANUP(freep) char *root = path_join(scratch, "root");
	CLEANUP(freep) char *a = path_join(root, "a");
	CLEANUP(freep) char *b = path_join(root, "b");
	struct filetree *t = NULL;
	struct error err = ERROR_INIT;

	assert_int_equal(mkdir(root, 0755), 0);
	unit_write_file(root, "a", "abc");
	unit_write_file(root, "c", "other");
	assert_int_equal(link(a, b), 0);
	assert_int_equal(dirtree_read(root, &t, &err), 0);
	return t;
}

static void files_are_hashed_and_copied(void **state)
{
	CLEANUP(filetree_freep) struct filetree *t = make_tree(*state);
	CLEANUP(fd_closep) int fd = memfd_create("copy", MFD_CLOEXEC);
	CLEANUP(freep) tree_digest *digests = NULL;
	CLEANUP(freep) tree_digest *again = NULL;
	const uint64_t offsets[] = { 0, 5, 5, 0 };
	struct error err = ERROR_INIT;
	char text[9] = "";

	assert_int_equal(hash_tree_copy(t, NULL, fd, offsets, &digests, &err), 0);
	assert_string_equal(digests[0], "");
	assert_string_equal(digests[1], SHA_ABC);
	assert_string_equal(digests[2], SHA_ABC);
	assert_int_equal(pread(fd, text, 8, 0), 8);
	assert_string_equal(text, "otherabc");
	assert_int_equal(hash_tree(t, NULL, &again, &err), 0);
	assert_memory_equal(again, digests, filetree_count(t) * sizeof(*again));
}

static void a_file_that_is_gone_is_an_error(void **state)
{
	CLEANUP(filetree_freep) struct filetree *t = make_tree(*state);
	CLEANUP(freep) char *c = path_join(*state, "root/c");
	tree_digest *digests = NULL;
	struct error err = ERROR_INIT;

	assert_int_equal(unlink(c), 0);
	assert_int_equal(hash_tree(t, NULL, &digests, &err), -1);
	assert_null(digests);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(files_are_hashed_and_copied),
		SCRATCH_TEST(a_file_that_is_gone_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
