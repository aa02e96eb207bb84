/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/debian/initramfs_key.h"

#include <sys/stat.h>
#include <time.h>

#include "base/file_copy.h"
#include "unit.h"

enum { EPOCH_S = 1700000000 };

#define HOOKS "usr/share/initramfs-tools/hooks"

static void write_file(const char *root, const char *path, const char *text)
{
	CLEANUP(freep) char *dir = path_join(root, path);
	CLEANUP(freep) char *full = path_join(root, path);
	const struct timespec times[2] = { { EPOCH_S + 5, 0 }, { EPOCH_S + 5, 0 } };
	struct error err = ERROR_INIT;

	*strrchr(dir, '/') = '\0';
	assert_int_equal(path_make_dirs(dir, 0755, &err), 0);
	unit_write_file(root, path, text);
	assert_int_equal(utimensat(AT_FDCWD, full, times, 0), 0);
}

/* A tree with a hook that looks for "wanted", and for what begins with "libopt". Nobody
 * looks for anything of the package "more"; "known" has "wanted". */
static char *make_tree(const char *scratch)
{
	char *root = path_join(scratch, "tree");
	CLEANUP(freep) char *cache = path_join(root, "etc/ld.so.cache");
	struct error err = ERROR_INIT;

	write_file(
		root, HOOKS "/hook", "copy_exec /usr/bin/wanted\nls /usr/lib/libopt.*\n");
	write_file(root, "usr/bin/base", "\177ELF");
	write_file(root, "etc/wanted.d/x", "");
	write_file(root, "etc/passwd", "root:x:0:0\n");
	write_file(root, "var/lib/dpkg/info/more:amd64.list",
		"/.\n/usr\n/usr/bin\n/usr/bin/more-of-it\n/usr/bin/wanted\n"
		"/lib/libopt.so.1\n/lib/libquux.so.1\n/etc/wanted.d/more-of-it\n"
		"/etc/quux/conf\n/lib/libreplaced.so.1\n/usr/share/doc/wanted\n");
	assert_int_equal(file_copy("/etc/ld.so.cache", cache, &err), 0);
	return root;
}

static char *key_of(const char *root)
{
	CLEANUP(strv_releasep) struct strv added = STRV_INIT;
	CLEANUP(strv_releasep) struct strv base = STRV_INIT;
	struct strbuf key = STRBUF_INIT;
	struct error err = ERROR_INIT;
	bool known = false;

	strv_add(&added, "more");
	STRV_ADD(&base, "usr", "usr/bin", "usr/lib/libreplaced.so.1");
	if (initramfs_key_format(root, NULL, &added, &base, EPOCH_S, &key, &known, &err) <
		0)
		fail_msg("%s", err.msg);
	assert_true(known);
	return strbuf_take(&key);
}

static bool changes_key(const char *root, const char *path, const char *text)
{
	CLEANUP(freep) char *before = key_of(root);
	CLEANUP(freep) char *after = NULL;

	write_file(root, path, text);
	after = key_of(root);
	return strcmp(before, after) != 0;
}

static void what_hooks_can_come_upon_counts(void **state)
{
	static const struct {
		const char *path, *text;
		bool counts;
	} cases[] = {
		/* of the added package */
		{ "usr/bin/more-of-it", "\177ELF", false },
		{ "usr/bin/wanted", "\177ELF", true },
		{ "usr/lib/libquux.so.1", "\177ELF", false },
		{ "usr/lib/libopt.so.1", "\177ELF", true },
		{ "etc/quux/conf", "", false },
		{ "etc/wanted.d/more-of-it", "", true },
		{ "usr/lib/libreplaced.so.1", "\177ELF", true },
		{ "usr/share/doc/wanted", "", false },
		/* of nobody, or the base */
		{ "usr/bin/other", "\177ELF", true },
		{ "usr/bin/base", "\177ELF other", true },
		{ "etc/passwd", "root:x:0:0\nmore:x:1:1\n", true },
		{ HOOKS "/hook", "copy_exec /usr/bin/wanted\n", true },
		{ "var/lib/dpkg/status", "more", false },
		{ "var/log/dpkg.log", "more", false },
		{ "usr/share/doc/more/copyright", "(c)", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(freep) char *scratch = xasprintf("%s/%zu", (char *)*state, i);
		CLEANUP(freep) char *root = make_tree(scratch);

		if (changes_key(root, cases[i].path, cases[i].text) != cases[i].counts)
			fail_msg("'%s' %s", cases[i].path,
				cases[i].counts ? "does not count" : "counts");
	}
}

/* A program may need any library: where one file can be come upon, none is left out. */
static void what_one_file_may_need_counts(void **state)
{
	static const struct {
		const char *there, *link_to;
		bool counts;
	} cases[] = {
		{ "usr/bin/more-of-it", NULL, false },
		{ "usr/share/doc/wanted", NULL, false },
		{ "usr/bin/wanted", NULL, true },
		/* in the place of a file of the base */
		{ "usr/lib/libreplaced.so.1", NULL, true },
		/* of nobody */
		{ "usr/bin/alias", "/etc/alternatives/more-of-it", true },
		{ "usr/bin/alias", "/usr/bin/base", false },
		/* what every package has is the base's */
		{ "alias", "usr/bin", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(freep) char *scratch = xasprintf("%s/%zu", (char *)*state, i);
		CLEANUP(freep) char *root = make_tree(scratch);
		CLEANUP(freep) char *there = path_join(root, cases[i].there);

		if (cases[i].link_to)
			assert_int_equal(symlink(cases[i].link_to, there), 0);
		else
			write_file(root, cases[i].there, "");
		if (changes_key(root, "usr/lib/libquux.so.1", "\177ELF") !=
			cases[i].counts)
			fail_msg("with '%s', the library %s", cases[i].there,
				cases[i].counts ? "does not count" : "counts");
	}
}

/* The first library of this machine's cache, as a package would have it. */
static void entries_of_libraries_count_likewise(void **state)
{
	CLEANUP(freep) char *root = make_tree(*state);
	CLEANUP(freep) char *all = key_of(root);
	CLEANUP(freep) char *fewer = NULL;
	CLEANUP(freep) char *again = NULL;
	CLEANUP(freep) char *list = NULL;
	CLEANUP(freep) char *name = NULL;
	const char *path = strstr(all, "libc.so.6 /");

	assert_non_null(path);
	path += strlen("libc.so.6 ");
	name = xstrndup(path, strcspn(path, " "));
	list = xasprintf("%s\n/usr/bin/wanted\n", name);
	write_file(root, "var/lib/dpkg/info/more:amd64.list", list);
	fewer = key_of(root);
	assert_null(strstr(fewer, name));
	write_file(root, "usr/bin/wanted", "\177ELF");
	again = key_of(root);
	assert_non_null(strstr(again, name));
}

static void modes_and_times_count(void **state)
{
	const struct timespec old[2] = { { 5, 0 }, { EPOCH_S - 1, 0 } };
	const struct timespec late[2] = { { 5, 0 }, { EPOCH_S + 99, 0 } };
	CLEANUP(freep) char *root = make_tree(*state);
	CLEANUP(freep) char *file = path_join(root, "usr/bin/base");
	CLEANUP(freep) char *first = key_of(root);
	CLEANUP(freep) char *second = NULL;
	CLEANUP(freep) char *third = NULL;
	CLEANUP(freep) char *fourth = NULL;

	assert_int_equal(utimensat(AT_FDCWD, file, late, 0), 0);
	second = key_of(root);
	assert_string_equal(second, first);
	assert_int_equal(utimensat(AT_FDCWD, file, old, 0), 0);
	third = key_of(root);
	assert_string_not_equal(third, first);
	assert_int_equal(chmod(file, 0700), 0);
	fourth = key_of(root);
	assert_string_not_equal(fourth, third);
}

static void some_cannot_be_known(void **state)
{
	static const char *const paths[][2] = {
		{ "etc/initramfs-tools/initramfs.conf", "X=1\nMODULES=dep\n" },
		{ "etc/initramfs/post-update.d/own", "#!/bin/sh\n" },
		{ "etc/ld.so.cache", "of another kind" },
	};
	struct strv none = STRV_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		CLEANUP(freep) char *scratch = xasprintf("%s/%zu", (char *)*state, i);
		CLEANUP(freep) char *root = make_tree(scratch);
		CLEANUP(strbuf_releasep) struct strbuf key = STRBUF_INIT;
		struct error err = ERROR_INIT;
		bool known = true;

		write_file(root, paths[i][0], paths[i][1]);
		assert_int_equal(initramfs_key_format(root, NULL, &none, &none, EPOCH_S,
					 &key, &known, &err),
			0);
		assert_false(known);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(what_hooks_can_come_upon_counts),
		SCRATCH_TEST(what_one_file_may_need_counts),
		SCRATCH_TEST(entries_of_libraries_count_likewise),
		SCRATCH_TEST(modes_and_times_count),
		SCRATCH_TEST(some_cannot_be_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
