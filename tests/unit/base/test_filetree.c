/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/filetree.h"

#include <sys/stat.h>

#include "unit.h"

static void add(struct filetree *t, const char *path, mode_t mode)
{
	struct filetree_node node = { .path = xstrdup(path), .mode = mode };

	filetree_add(t, &node);
}

static void add_link(struct filetree *t, const char *path, uint64_t dev, uint64_t ino)
{
	struct filetree_node node = {
		.path = xstrdup(path),
		.mode = S_IFREG | 0644,
		.link_key = { dev, ino },
	};

	filetree_add(t, &node);
}

static void seal(struct filetree *t)
{
	struct error err = ERROR_INIT;

	if (filetree_seal(t, &err) < 0)
		fail_msg("%s", err.msg);
}

/* Names that are easily sorted wrongly, in their order. */
static const struct {
	const char *path, *name;
	mode_t mode;
	uint32_t parent, link_count;
} sorted[] = {
	{ "", "", S_IFDIR | 0755, 0, 8 },
	{ "\x01", "\x01", S_IFREG, 0, 1 },
	{ "a", "a", S_IFDIR, 0, 3 },
	{ "a/\x01", "\x01", S_IFREG, 2, 1 },
	{ "a/b", "b", S_IFDIR, 2, 2 },
	{ "a/b/c", "c", S_IFREG, 4, 1 },
	{ "a/b.c", "b.c", S_IFREG, 2, 1 },
	{ "a/bb", "bb", S_IFREG, 2, 1 },
	{ "a/\xff", "\xff", S_IFREG, 2, 1 },
	{ "a\x01", "a\x01", S_IFDIR, 0, 2 },
	{ "a\x01/x", "x", S_IFREG, 9, 1 },
	{ "a\n", "a\n", S_IFDIR, 0, 2 },
	{ "a\n/x", "x", S_IFREG, 11, 1 },
	{ "a b", "a b", S_IFREG, 0, 1 },
	{ "a-b", "a-b", S_IFDIR, 0, 2 },
	{ "a-b/x", "x", S_IFLNK, 14, 1 },
	{ "a.b", "a.b", S_IFDIR, 0, 2 },
	{ "a.b/x", "x", S_IFREG, 16, 1 },
	{ "a0", "a0", S_IFREG, 0, 1 },
	{ "aa", "aa", S_IFREG, 0, 1 },
	{ "\x7f", "\x7f", S_IFREG, 0, 1 },
	{ "\xff", "\xff", S_IFDIR, 0, 2 },
	{ "\xff/\xff\xff", "\xff\xff", S_IFREG, 21, 1 },
};

static void assert_sorted(const struct filetree *t)
{
	assert_int_equal(filetree_count(t), ARRAY_SIZE(sorted));
	for (uint32_t i = 0; i < ARRAY_SIZE(sorted); i++) {
		const struct filetree_node *n = filetree_node(t, i);

		assert_string_equal(n->path, sorted[i].path);
		assert_string_equal(n->name, sorted[i].name);
		assert_int_equal(n->parent, sorted[i].parent);
		assert_int_equal(n->link_count, sorted[i].link_count);
		assert_int_equal(n->hard_link_of, FILETREE_NO_NODE);
		assert_int_equal(filetree_find(t, sorted[i].path), i);
	}
}

static void the_order_is_the_same_whatever_it_was(void **state)
{
	const size_t count = ARRAY_SIZE(sorted);

	(void)state;
	/* 23 is prime: each step goes through all of them. */
	for (size_t step = 1; step < count; step++) {
		CLEANUP(filetree_freep) struct filetree *t = filetree_new(-1, true);

		for (size_t i = 0; i < count; i++) {
			size_t at = (i * step + step) % count;

			add(t, sorted[at].path, sorted[at].mode);
		}
		seal(t);
		assert_sorted(t);
	}
}

static void what_is_not_there_is_not_found(void **state)
{
	static const char *const missing[] = { "b", "a/", "/a", "a/b/", "a//b", "a/b/d",
		"\xff/", "a/b/c/d", "." };
	CLEANUP(filetree_freep) struct filetree *t = filetree_new(-1, true);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sorted); i++)
		add(t, sorted[i].path, sorted[i].mode);
	seal(t);
	for (size_t i = 0; i < ARRAY_SIZE(missing); i++)
		assert_int_equal(filetree_find(t, missing[i]), FILETREE_NO_NODE);
}

static void an_empty_tree_has_a_root(void **state)
{
	CLEANUP(filetree_freep) struct filetree *t = filetree_new(-1, true);
	const struct filetree_node *root;

	(void)state;
	seal(t);
	assert_int_equal(filetree_count(t), 1);
	root = filetree_node(t, 0);
	assert_string_equal(root->path, "");
	assert_string_equal(root->name, "");
	assert_int_equal(root->mode, S_IFDIR | 0755);
	assert_int_equal(root->link_count, 2);
	assert_int_equal(root->parent, 0);
	assert_int_equal(root->uid + root->gid, 0);
}

static void what_is_no_tree_is_refused(void **state)
{
	static const struct {
		const char *paths[4]; /* a directory when it ends in '/', which is cut */
		const char *message;
	} cases[] = {
		{ { "a/", "a/b", "a/b" }, "'/a/b' stands twice" },
		{ { "a/b" }, "'/a/b' stands in no directory" },
		{ { "a/", "a/b", "a/b/c" }, "'/a/b/c' stands in no directory" },
		{ { "a/", "a/../b" }, "not a clean path" },
		{ { "a/", "a/./b" }, "not a clean path" },
		{ { "." }, "not a clean path" },
		{ { ".." }, "not a clean path" },
		{ { "/a" }, "not a clean path" },
		{ { "a/", "a//b" }, "not a clean path" },
		{ { "a//" }, "not a clean path" },
		{ { "/", "/" }, "not a clean path" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(filetree_freep) struct filetree *t = filetree_new(-1, true);
		struct error err = ERROR_INIT;

		for (size_t k = 0; k < 4 && cases[i].paths[k]; k++) {
			CLEANUP(freep) char *path = xstrdup(cases[i].paths[k]);
			size_t length = strlen(path);
			bool dir = path[length - 1] == '/';

			if (dir)
				path[length - 1] = '\0';
			add(t, path, (dir ? S_IFDIR : S_IFREG) | 0755);
		}
		assert_int_equal(filetree_seal(t, &err), -1);
		unit_assert_error(&err, ERR_FORMAT, cases[i].message);
	}
}

static void a_root_that_is_no_directory_is_refused(void **state)
{
	CLEANUP(filetree_freep) struct filetree *t = filetree_new(-1, true);
	struct error err = ERROR_INIT;

	(void)state;
	add(t, "", S_IFREG | 0644);
	assert_int_equal(filetree_seal(t, &err), -1);
	unit_assert_error(&err, ERR_FORMAT, "no directory");
}

static void hard_links_refer_to_the_first_name(void **state)
{
	static const struct {
		const char *path;
		uint64_t dev, ino;
		const char *link_of; /* NULL: itself an inode */
		uint32_t link_count;
	} cases[] = {
		/* In the tree's order; they are added backwards. */
		{ "a", 1, 10, NULL, 3 },
		{ "b", 1, 11, NULL, 1 },
		{ "c", 2, 10, NULL, 2 }, /* the same number on another device */
		{ "d", 1, 10, "a", 3 },
		{ "e", 0, 0, NULL, 1 },
		{ "f", 0, 0, NULL, 1 },
		{ "g", 1, 10, "a", 3 },
		{ "h", 2, 10, "c", 2 },
		{ "i", 0, 7, NULL, 2 },
		{ "j", 0, 7, "i", 2 },
	};
	CLEANUP(filetree_freep) struct filetree *t = filetree_new(-1, true);

	(void)state;
	for (size_t i = ARRAY_SIZE(cases); i--;)
		add_link(t, cases[i].path, cases[i].dev, cases[i].ino);
	seal(t);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct filetree_node *n = filetree_node(t, (uint32_t)i + 1);

		assert_string_equal(n->path, cases[i].path);
		assert_int_equal(n->link_count, cases[i].link_count);
		assert_int_equal(n->hard_link_of,
			cases[i].link_of ? filetree_find(t, cases[i].link_of)
					 : (uint32_t)FILETREE_NO_NODE);
	}
}

static void directories_are_never_hard_links(void **state)
{
	CLEANUP(filetree_freep) struct filetree *t = filetree_new(-1, true);
	static const char *const names[] = { "a", "b" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct filetree_node node = { .path = xstrdup(names[i]),
			.mode = S_IFDIR | 0755,
			.link_key = { 1, 1 } };

		filetree_add(t, &node);
	}
	seal(t);
	for (uint32_t i = 1; i < 3; i++) {
		assert_int_equal(filetree_node(t, i)->hard_link_of, FILETREE_NO_NODE);
		assert_int_equal(filetree_node(t, i)->link_count, 2);
	}
}

static void add_with_attributes(struct filetree *t, const char *first, const char *second)
{
	struct filetree_node node = {
		.path = xstrdup("f"),
		.mode = S_IFREG | 0644,
		.target = xstrdup("freed with it"),
		.xattrs = xcalloc(2, sizeof(struct filetree_xattr)),
		.xattr_count = 2,
	};

	node.xattrs[0] = (struct filetree_xattr){ xstrdup(first), xmemdup("1", 1), 1 };
	node.xattrs[1] = (struct filetree_xattr){ xstrdup(second), xmemdup("2", 1), 1 };
	filetree_add(t, &node);
	assert_null(node.path);
	assert_null(node.xattrs);
}

static void attributes_are_sorted_and_stand_once(void **state)
{
	CLEANUP(filetree_freep) struct filetree *good = filetree_new(-1, true);
	CLEANUP(filetree_freep) struct filetree *bad = filetree_new(-1, true);
	const struct filetree_node *n;
	struct error err = ERROR_INIT;

	(void)state;
	add_with_attributes(good, "user.x", "security.capability");
	seal(good);
	n = filetree_node(good, 1);
	assert_string_equal(n->xattrs[0].name, "security.capability");
	assert_memory_equal(n->xattrs[0].value, "2", 1);
	add_with_attributes(bad, "user.x", "user.x");
	assert_int_equal(filetree_seal(bad, &err), -1);
	unit_assert_error(&err, ERR_FORMAT, "'/f' has the attribute 'user.x' twice");
}

static void late_times_are_clamped(void **state)
{
	static const struct {
		int64_t s;
		uint32_t ns;
		int64_t to_s;
		uint32_t to_ns;
	} cases[] = {
		{ 999, 999999999, 999, 999999999 },
		{ 1000, 0, 1000, 0 },
		{ 1000, 1, 1000, 0 },
		{ 1001, 5, 1000, 0 },
		{ -5, 7, -5, 7 },
		{ INT64_MAX, 7, 1000, 0 },
	};
	CLEANUP(filetree_freep) struct filetree *t = filetree_new(-1, true);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct filetree_node node = { .path = xasprintf("%zu", i),
			.mode = S_IFREG,
			.mtime_s = cases[i].s,
			.mtime_ns = cases[i].ns };

		filetree_add(t, &node);
	}
	seal(t);
	filetree_clamp_times(t, 1000);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct filetree_node *n = filetree_node(t, (uint32_t)i + 1);

		assert_int_equal(n->mtime_s, cases[i].to_s);
		assert_int_equal(n->mtime_ns, cases[i].to_ns);
	}
}

static void content_is_read_from_the_directory(void **state)
{
	static const struct {
		const char *path, *message; /* NULL: it is opened */
	} cases[] = {
		{ "d/good", NULL },
		{ "d/shorter", "changed while it was read" },
		{ "d/fifo", "changed while it was read" },
		{ "d/link", "Too many levels of symbolic links" },
		{ "d/missing", "No such file" },
		{ "e/good", "Too many levels of symbolic links" },
	};
	CLEANUP(filetree_freep)
	struct filetree *t =
		filetree_new(open(*state, O_PATH | O_DIRECTORY | O_CLOEXEC), true);
	CLEANUP(freep) char *dir = path_join(*state, "d");
	CLEANUP(freep) char *fifo = path_join(*state, "d/fifo");
	CLEANUP(freep) char *link = path_join(*state, "d/link");
	CLEANUP(freep) char *dir_link = path_join(*state, "e");

	assert_int_equal(mkdir(dir, 0755), 0);
	unit_write_file(dir, "good", "content");
	unit_write_file(dir, "shorter", "con");
	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_int_equal(symlink("good", link), 0);
	assert_int_equal(symlink("d", dir_link), 0); /* took a directory's place */
	add(t, "d", S_IFDIR | 0755);
	add(t, "e", S_IFDIR | 0755);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct filetree_node node = { .path = xstrdup(cases[i].path),
			.mode = S_IFREG | 0644,
			.size_bytes = 7 };

		filetree_add(t, &node);
	}
	seal(t);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint32_t index = filetree_find(t, cases[i].path);
		CLEANUP(fd_closep) int fd = -1;
		struct error err = ERROR_INIT;
		char buf[8] = "";

		assert_int_equal(filetree_open_content(t, index, &fd, &err),
			cases[i].message ? -1 : 0);
		if (cases[i].message) {
			assert_int_equal(fd, -1);
			assert_non_null(strstr(err.msg, cases[i].message));
			assert_non_null(strstr(err.msg, cases[i].path));
			continue;
		}
		assert_int_equal(read(fd, buf, 8), 7);
		assert_string_equal(buf, "content");
	}
}

static void content_is_read_from_an_archive(void **state)
{
	CLEANUP(freep) char *tar = path_join(*state, "tar");
	CLEANUP(filetree_freep) struct filetree *t = NULL;
	CLEANUP(fd_closep) int fd = -1;
	struct filetree_node node = { .path = xstrdup("f"),
		.mode = S_IFREG,
		.size_bytes = 7,
		.content_offset_bytes = 512 };
	struct error err = ERROR_INIT;
	char buf[8] = "";

	fd = open(tar, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(pwrite(fd, "content", 7, 512), 7);
	t = filetree_new(TAKE_FD(fd), false);
	filetree_add(t, &node);
	seal(t);
	assert_int_equal(filetree_open_content(t, 1, &fd, &err), 0);
	assert_int_equal(
		pread(fd, buf, 7, (off_t)filetree_node(t, 1)->content_offset_bytes), 7);
	assert_string_equal(buf, "content");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_order_is_the_same_whatever_it_was),
		cmocka_unit_test(what_is_not_there_is_not_found),
		cmocka_unit_test(an_empty_tree_has_a_root),
		cmocka_unit_test(what_is_no_tree_is_refused),
		cmocka_unit_test(a_root_that_is_no_directory_is_refused),
		cmocka_unit_test(hard_links_refer_to_the_first_name),
		cmocka_unit_test(directories_are_never_hard_links),
		cmocka_unit_test(attributes_are_sorted_and_stand_once),
		cmocka_unit_test(late_times_are_clamped),
		SCRATCH_TEST(content_is_read_from_the_directory),
		SCRATCH_TEST(content_is_read_from_an_archive),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
