/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/path.h"

#include <stdio.h>
#include <sys/stat.h>

#include "unit.h"

static void paths_are_joined_and_taken_apart(void **state)
{
	static const struct {
		const char *dir, *name, *joined, *relative;
	} joins[] = {
		{ "a", "b", "a/b", "a/b" },
		{ "a/", "b", "a/b", "a/b" },
		{ "a//", "//b", "a/b", "//b" },
		{ "/", "b", "/b", "/b" },
		{ "/a", "/b/c", "/a/b/c", "/b/c" },
		{ "", "b", "b", "b" },
		{ "", "/b", "b", "/b" },
		{ "a", "", "a/", "a/" },
	};
	static const struct {
		const char *path, *dir, *base;
	} splits[] = {
		{ "a", ".", "a" },
		{ "a/b", "a", "b" },
		{ "/a", "/", "a" },
		{ "/", "/", "" },
		{ "/a/b.c", "/a", "b.c" },
		{ "a/", "a", "" },
		{ "", ".", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(joins); i++) {
		CLEANUP(freep) char *joined = path_join(joins[i].dir, joins[i].name);
		CLEANUP(freep)
		char *relative = path_relative_to(joins[i].dir, joins[i].name);

		assert_string_equal(joined, joins[i].joined);
		assert_string_equal(relative, joins[i].relative);
	}
	for (size_t i = 0; i < ARRAY_SIZE(splits); i++) {
		CLEANUP(freep) char *dir = path_dirname(splits[i].path);

		assert_string_equal(dir, splits[i].dir);
		assert_string_equal(path_basename(splits[i].path), splits[i].base);
	}
}

static void directories_are_made_on_the_way(void **state)
{
	static const struct {
		const char *path;
		int errnum;
	} cases[] = {
		{ "a/b/c", 0 },
		{ "a/b/c", 0 },
		{ "a/b/d/", 0 },
		{ "e//f", 0 },
		{ "to-a/g", 0 },
		{ "to-a", 0 },
		{ "file", ENOTDIR },
		{ "file/x", ENOTDIR },
		{ "dangling", ENOTDIR },
		{ "dangling/x", ENOTDIR },
	};
	CLEANUP(freep) char *link = path_join(*state, "to-a");
	CLEANUP(freep) char *dangling = path_join(*state, "dangling");

	unit_write_file(*state, "file", "");
	assert_int_equal(symlink("a", link), 0);
	assert_int_equal(symlink("nowhere", dangling), 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(freep) char *path = path_join(*state, cases[i].path);
		struct error err = ERROR_INIT;
		struct stat st;
		int rc = path_make_dirs(path, 0755, &err);

		if (rc != (cases[i].errnum ? -1 : 0) || err.detail != cases[i].errnum)
			fail_msg("'%s': %d %s", cases[i].path, rc, err.msg);
		assert_true(rc < 0 || (stat(path, &st) == 0 && S_ISDIR(st.st_mode)));
	}
}

static void nothing_leads_out_of_a_root(void **state)
{
	static const struct {
		const char *path;
		int in_root, beneath; /* the errno; 0: opened */
	} cases[] = {
		{ "etc/file", 0, 0 },
		{ "/etc/file", 0, EXDEV },
		{ "../etc/file", 0, EXDEV },
		{ "etc/../etc/file", 0, 0 },
		{ "link-up", ENOENT, ELOOP },
		{ "link-absolute", 0, ELOOP },
		{ "link-dir/file", 0, ELOOP },
		{ "link-out/outside", ENOENT, ELOOP },
		{ "../outside", ENOENT, EXDEV },
	};
	CLEANUP(freep) char *root = path_join(*state, "root");
	CLEANUP(freep) char *etc = path_join(root, "etc");
	CLEANUP(fd_closep) int fd = -1;
	struct error err = ERROR_INIT;

	assert_int_equal(path_make_dirs(etc, 0755, &err), 0);
	unit_write_file(etc, "file", "");
	unit_write_file(*state, "outside", "");
	fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(symlinkat("../outside", fd, "link-up"), 0);
	assert_int_equal(symlinkat("/etc/file", fd, "link-absolute"), 0);
	assert_int_equal(symlinkat("etc", fd, "link-dir"), 0);
	assert_int_equal(symlinkat(*state, fd, "link-out"), 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct error in_root = ERROR_INIT, beneath = ERROR_INIT;
		CLEANUP(fd_closep) int a = -1;
		CLEANUP(fd_closep) int b = -1;

		(void)path_open_in_root(fd, cases[i].path, O_RDONLY, 0, &a, &in_root);
		(void)path_open_beneath(fd, cases[i].path, O_RDONLY, &b, &beneath);
		if (in_root.detail != cases[i].in_root ||
			beneath.detail != cases[i].beneath)
			fail_msg("'%s': '%s' and '%s'", cases[i].path, in_root.msg,
				beneath.msg);
		assert_int_equal(a >= 0, !cases[i].in_root);
		assert_int_equal(b >= 0, !cases[i].beneath);
		assert_true(a < 0 || fcntl(a, F_GETFD) & FD_CLOEXEC);
	}
}

static void files_are_made_in_a_root_with_their_mode(void **state)
{
	CLEANUP(fd_closep) int root = open(*state, O_PATH | O_DIRECTORY | O_CLOEXEC);
	CLEANUP(fd_closep) int fd = -1;
	struct error err = ERROR_INIT;
	struct stat st;

	assert_int_equal(path_open_in_root(root, "/new", O_WRONLY | O_CREAT | O_EXCL,
				 0600, &fd, &err),
		0);
	assert_int_equal(fstatat(root, "new", &st, 0), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0600);
}

static void tools_are_found_in_path_then_in_sbin(void **state)
{
	CLEANUP(freep) char *old = xstrdup(getenv("PATH"));
	CLEANUP(freep) char *path = xasprintf("/nowhere::%s", (const char *)*state);
	CLEANUP(freep) char *tool = path_join(*state, "tool-of-test");
	CLEANUP(freep) char *dir = path_join(*state, "sh");
	static const char *const missing[] = { "text-of-test", "no such tool", "",
		"/nowhere/sh", "./tool-of-test" };
	CLEANUP(freep) char *found = NULL;
	CLEANUP(freep) char *shell = NULL;
	struct error err = ERROR_INIT;

	unit_write_file(*state, "tool-of-test", "#!/bin/sh\n");
	unit_write_file(*state, "text-of-test", "");
	assert_int_equal(chmod(tool, 0755), 0);
	assert_int_equal(path_make_dirs(dir, 0755, &err), 0); /* in PATH, but no tool */
	assert_int_equal(setenv("PATH", path, 1), 0);
	found = path_find_tool("tool-of-test");
	assert_non_null(found);
	assert_string_equal(found, tool);
	for (size_t i = 0; i < ARRAY_SIZE(missing); i++)
		assert_null(path_find_tool(missing[i]));
	assert_null(path_find_tool("sh"));
	assert_int_equal(setenv("PATH", old, 1), 0);
	shell = path_find_tool("sh");
	assert_non_null(shell);
	assert_int_equal(shell[0], '/');
}

/* One of the user's directories: with `variable` set, and below HOME. */
static const struct user_dir {
	const char *variable, *below_home;
	int (*make)(const char *name, char **ret_path, struct error *err);
} user_dirs[] = {
	{ "XDG_CACHE_HOME", "/.cache", path_cache_dir },
	{ "XDG_STATE_HOME", "/.local/state", path_state_dir },
};

static void assert_user_dir(const struct user_dir *d, const char *base)
{
	const struct {
		const char *xdg, *home, *below; /* NULL: an error */
	} cases[] = {
		{ base, "/nowhere", "" },
		{ NULL, base, d->below_home },
		{ "", base, d->below_home },
		{ "relative", base, d->below_home },
		{ NULL, NULL, NULL },
		{ NULL, "", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(freep) char *path = NULL;
		CLEANUP(freep) char *want = NULL;
		struct error err = ERROR_INIT;

		(void)(cases[i].xdg ? setenv(d->variable, cases[i].xdg, 1)
				    : unsetenv(d->variable));
		(void)(cases[i].home ? setenv("HOME", cases[i].home, 1)
				     : unsetenv("HOME"));
		assert_int_equal(
			d->make("packages", &path, &err), cases[i].below ? 0 : -1);
		if (!cases[i].below) {
			unit_assert_error(&err, ERR_SYSTEM, d->variable);
			continue;
		}
		want = xasprintf("%s%s/amiwright/packages", base, cases[i].below);
		assert_string_equal(path, want);
		assert_true(path_exists(want));
	}
}

static void user_directories_are_where_xdg_says(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(user_dirs); i++)
		assert_user_dir(&user_dirs[i], *state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_are_joined_and_taken_apart),
		SCRATCH_TEST(directories_are_made_on_the_way),
		SCRATCH_TEST(nothing_leads_out_of_a_root),
		SCRATCH_TEST(files_are_made_in_a_root_with_their_mode),
		SCRATCH_TEST(tools_are_found_in_path_then_in_sbin),
		SCRATCH_TEST(user_directories_are_where_xdg_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
