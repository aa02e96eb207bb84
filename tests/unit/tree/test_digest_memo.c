/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree/digest_memo.h"

#include <sys/stat.h>

#include "tree/dirtree.h"
#include "tree/hash_tree.h"
#include "unit.h"

static void fill(char hex[static SHA256_HEX_CHARS + 1], char digit)
{
	memset(hex, digit, SHA256_HEX_CHARS);
	hex[SHA256_HEX_CHARS] = '\0';
}

static struct stat stat_of(const char *dir, const char *name)
{
	CLEANUP(freep) char *path = path_join(dir, name);
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st;
}

static void put(struct digest_memo *m, const char *dir, const char *name, char digit)
{
	const struct stat st = stat_of(dir, name);
	char hex[SHA256_HEX_CHARS + 1];

	fill(hex, digit);
	digest_memo_put(m, &st, hex);
}

/* The first digit of what is remembered; '-' when nothing is. */
static char find(const struct digest_memo *m, const char *dir, const char *name)
{
	const struct stat st = stat_of(dir, name);
	char hex[SHA256_HEX_CHARS + 1];

	return digest_memo_find(m, &st, hex) ? hex[0] : '-';
}

/* Not a new file in its place. */
static void overwrite(const char *dir, const char *name, const char *text)
{
	CLEANUP(freep) char *path = path_join(dir, name);
	CLEANUP(fd_closep) int fd = open(path, O_WRONLY | O_CLOEXEC);
	struct error err = ERROR_INIT;

	assert_true(fd >= 0);
	assert_int_equal(fd_pwrite_all(fd, text, strlen(text), 0, path, &err), 0);
}

static void each_file_has_its_own_and_the_last_counts(void **state)
{
	CLEANUP(digest_memo_freep) struct digest_memo *m = digest_memo_new();

	unit_write_file(*state, "a", "aa");
	unit_write_file(*state, "b", "bb");
	unit_write_file(*state, "c", "cc");
	put(m, *state, "a", '1');
	put(m, *state, "b", '2');
	assert_int_equal(find(m, *state, "a"), '-');
	digest_memo_settle(m);
	put(m, *state, "b", '4');
	put(m, *state, "a", '3');
	put(m, *state, "b", '5');
	assert_int_equal(find(m, *state, "a"), '1');
	digest_memo_settle(m);
	assert_int_equal(find(m, *state, "a"), '3');
	assert_int_equal(find(m, *state, "b"), '5');
	assert_int_equal(find(m, *state, "c"), '-');
	put(m, *state, "a", '6');
	digest_memo_settle(m);
	assert_int_equal(find(m, *state, "a"), '6');
	assert_int_equal(find(m, *state, "b"), '5');
}

/* Often, as the clock's ticks come when they want. */
static void what_is_changed_at_once_is_not_believed(void **state)
{
	unit_write_file(*state, "a", "old");
	for (int i = 0; i < 30; i++) {
		CLEANUP(digest_memo_freep) struct digest_memo *m = digest_memo_new();

		overwrite(*state, "a", "old");
		put(m, *state, "a", '1');
		digest_memo_settle(m);
		assert_int_equal(find(m, *state, "a"), '1');
		overwrite(*state, "a", "new");
		assert_int_equal(find(m, *state, "a"), '-');
	}
}

static void a_tree_is_hashed_with_it(void **state)
{
	CLEANUP(digest_memo_freep) struct digest_memo *m = digest_memo_new();
	CLEANUP(freep) char *dir = path_join(*state, "tree");
	CLEANUP(filetree_freep) struct filetree *tree = NULL;
	CLEANUP(freep) tree_digest *first = NULL;
	CLEANUP(freep) tree_digest *second = NULL;
	CLEANUP(freep) tree_digest *read = NULL;
	struct error err = ERROR_INIT;

	assert_int_equal(path_make_dirs(dir, 0755, &err), 0);
	unit_write_file(dir, "kept", "old");
	unit_write_file(dir, "new", "old");
	put(m, dir, "kept", '1');
	digest_memo_settle(m);
	assert_int_equal(dirtree_read(dir, &tree, &err), 0);
	assert_int_equal(hash_tree(tree, m, &first, &err), 0);
	/* Wrong, and believed: that shows that it was not read. */
	assert_int_equal(first[filetree_find(tree, "kept")][0], '1');
	assert_int_equal(find(m, dir, "new"), first[filetree_find(tree, "new")][0]);
	overwrite(dir, "kept", "new");
	overwrite(dir, "new", "new");
	assert_int_equal(hash_tree(tree, m, &second, &err), 0);
	assert_int_equal(hash_tree(tree, NULL, &read, &err), 0);
	for (uint32_t i = 0; i < filetree_count(tree); i++)
		assert_string_equal(second[i], read[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(each_file_has_its_own_and_the_last_counts),
		SCRATCH_TEST(what_is_changed_at_once_is_not_believed),
		SCRATCH_TEST(a_tree_is_hashed_with_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
