/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/lint_tree.h"

#include <sys/stat.h>

#include "lint_support.h"
#include "unit.h"

static const struct lint_file tree[] = {
	{ "bin", .target = "usr/bin" },
	{ "usr/bin/sh", "#!" },
	{ "usr/bin/absolute", .target = "/etc/file" },
	{ "usr/bin/up", .target = "../../etc/file" },
	{ "usr/bin/above", .target = "../../../../../../etc/file" },
	{ "usr/bin/chain", .target = "up" },
	{ "usr/bin/self", .target = "self" },
	{ "usr/bin/nowhere", .target = "/nowhere" },
	{ "etc/file", "content" },
	{ "etc/through", .target = "../bin/./sh" },
	{ "etc2", "x" },
	{ NULL },
};

static void links_are_followed_inside_the_tree(void **state)
{
	static const char *const cases[][2] = {
		{ "", "" },
		{ "etc/file", "etc/file" },
		{ "bin/sh", "usr/bin/sh" },
		{ "bin", "usr/bin" },
		{ "bin/absolute", "etc/file" },
		{ "usr/bin/up", "etc/file" },
		{ "usr/bin/above", "etc/file" },
		{ "usr/bin/chain", "etc/file" },
		{ "etc/through", "usr/bin/sh" },
		{ "etc//./file", "etc/file" },
		{ "usr/bin/self", NULL },
		{ "usr/bin/nowhere", NULL },
		{ "etc/none", NULL },
		{ "etc/file/x", NULL },
	};
	struct filetree *files;
	CLEANUP(lint_tree_freep) struct lint_tree *t = lint_tree_of(tree, &files);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const uint32_t index = lint_tree_find(t, cases[i][0]);
		const char *found = index == (uint32_t)FILETREE_NO_NODE
					    ? NULL
					    : filetree_node(files, index)->path;

		if (!found != !cases[i][1] || (found && strcmp(found, cases[i][1]) != 0))
			fail_msg("'%s' leads to '%s'", cases[i][0],
				found ? found : "nothing");
	}
	t = lint_tree_free(t);
	filetree_free(files);
}

static void what_is_beneath_a_directory(void **state)
{
	struct filetree *files;
	CLEANUP(lint_tree_freep) struct lint_tree *t = lint_tree_of(tree, &files);
	const uint32_t etc = lint_tree_find(t, "etc");

	(void)state;
	assert_int_equal(lint_tree_end(t, etc), etc + 3);
	assert_int_equal(lint_tree_end(t, 0), filetree_count(files));
	t = lint_tree_free(t);
	filetree_free(files);
}

static void contents_are_read_up_to_a_bound(void **state)
{
	struct filetree *files;
	CLEANUP(lint_tree_freep) struct lint_tree *t = lint_tree_of(tree, &files);
	struct error err = ERROR_INIT;
	size_t length;
	char *data;

	(void)state;
	assert_int_equal(lint_tree_read(t, lint_tree_find(t, "etc/file"), 100, &data,
				 &length, &err),
		0);
	assert_string_equal(data, "content");
	assert_int_equal(length, 7);
	free(data);
	assert_int_equal(
		lint_tree_read(t, lint_tree_find(t, "etc/file"), 3, &data, &length, &err),
		0);
	assert_string_equal(data, "con");
	free(data);
	t = lint_tree_free(t);
	filetree_free(files);
}

static void a_directory_is_a_tree(void **state)
{
	CLEANUP(lint_tree_freep) struct lint_tree *t = NULL;
	struct error err = ERROR_INIT;
	size_t length;
	char *data;

	unit_write_file(*state, "file", "text");
	assert_int_equal(lint_tree_from_directory(*state, &t, &err), 0);
	assert_true(lint_tree_is_clean(t));
	assert_int_equal(
		lint_tree_read(t, lint_tree_find(t, "file"), 100, &data, &length, &err),
		0);
	assert_string_equal(data, "text");
	free(data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(links_are_followed_inside_the_tree),
		cmocka_unit_test(what_is_beneath_a_directory),
		cmocka_unit_test(contents_are_read_up_to_a_bound),
		SCRATCH_TEST(a_directory_is_a_tree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
