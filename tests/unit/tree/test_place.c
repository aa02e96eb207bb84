/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree/place.h"

#include <sys/stat.h>

#include "unit.h"

/* In each test, *state holds "root", the tree, and "outside", which nothing may change.
 */
struct scene {
	char *root;
	int root_fd;
	struct place place;
	struct place_meta meta;
};

static void scene_releasep(struct scene *s)
{
	place_release(&s->place);
	fd_closep(&s->root_fd);
	free(s->root);
}

static struct scene set_scene(const char *scratch)
{
	struct scene s = { .root = path_join(scratch, "root"),
		.meta = { .mode = 0640,
			.uid = getuid(),
			.gid = getgid(),
			.mtime_s = 1000 } };
	CLEANUP(freep) char *outside = path_join(scratch, "outside");

	assert_int_equal(mkdir(s.root, 0755), 0);
	assert_int_equal(mkdir(outside, 0755), 0);
	s.root_fd = open(s.root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(s.root_fd >= 0);
	place_init(&s.place, s.root_fd);
	return s;
}

static int put(struct scene *s, const char *path, const char *text, struct error *err)
{
	CLEANUP(fd_closep) int fd = -1;

	if (place_file(&s->place, path, &fd, err) < 0 ||
		fd_write_all(fd, text, strlen(text), path, err) < 0)
		return -1;
	return place_finish(fd, path, &s->meta, err);
}

static void assert_holds(struct scene *s, const char *path, const char *text)
{
	CLEANUP(freep) char *file = path_join(s->root, path);
	CLEANUP(freep) char *found = NULL;
	struct error err = ERROR_INIT;

	assert_int_equal(file_read_all(file, 1000, &found, NULL, &err), 0);
	assert_string_equal(found, text);
}

static void files_get_mode_and_time(void **state)
{
	CLEANUP(scene_releasep) struct scene s = set_scene(*state);
	struct error err = ERROR_INIT;
	struct stat st;

	s.meta.mode = 04751;
	assert_int_equal(put(&s, "file", "text", &err), 0);
	assert_int_equal(fstatat(s.root_fd, "file", &st, AT_SYMLINK_NOFOLLOW), 0);
	assert_int_equal(st.st_mode, S_IFREG | 04751);
	assert_int_equal(st.st_mtime, 1000);
	assert_int_equal(place_symlink(&s.place, "link", "/to", &s.meta, &err), 0);
	assert_int_equal(fstatat(s.root_fd, "link", &st, AT_SYMLINK_NOFOLLOW), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(st.st_mtime, 1000);
	assert_int_equal(place_hard_link(&s.place, "hard", "file", &err), 0);
	assert_int_equal(fstatat(s.root_fd, "hard", &st, 0), 0);
	assert_int_equal(st.st_nlink, 2);
	assert_int_equal(place_node(&s.place, "fifo", S_IFIFO, 0, &s.meta, &err), 0);
	assert_int_equal(fstatat(s.root_fd, "fifo", &st, 0), 0);
	assert_int_equal(st.st_mode, S_IFIFO | 04751);
}

static void links_to_directories_are_followed_inside(void **state)
{
	static const char *const links[][2] = { { "rel", "usr/lib" },
		{ "abs", "/usr/lib" }, { "up", "../../../usr/lib" }, { "far", "rel" } };
	CLEANUP(scene_releasep) struct scene s = set_scene(*state);
	CLEANUP(freep) char *lib = path_join(s.root, "usr/lib");
	struct error err = ERROR_INIT;

	assert_int_equal(path_make_dirs(lib, 0755, &err), 0);
	for (size_t i = 0; i < ARRAY_SIZE(links); i++) {
		char path[32];

		assert_int_equal(symlinkat(links[i][1], s.root_fd, links[i][0]), 0);
		(void)snprintf(path, sizeof(path), "%s/f", links[i][0]);
		if (put(&s, path, links[i][0], &err) < 0)
			fail_msg("%s", err.msg);
		assert_holds(&s, "usr/lib/f", links[i][0]);
	}
}

/* Each of these would write into `outside`, if it were done as the tree's links say. */
static void nothing_is_written_outside(void **state)
{
	CLEANUP(scene_releasep) struct scene s = set_scene(*state);
	CLEANUP(freep) char *outside = path_join(*state, "outside");
	CLEANUP(freep) char *victim = path_join(outside, "victim");
	CLEANUP(freep) char *text = NULL;
	struct error err = ERROR_INIT;

	unit_write_file(outside, "victim", "untouched");
	assert_int_equal(symlinkat(outside, s.root_fd, "dir"), 0);
	assert_int_equal(symlinkat("../outside", s.root_fd, "up"), 0);
	assert_int_equal(symlinkat(victim, s.root_fd, "file"), 0);

	assert_int_equal(put(&s, "dir/new", "x", &err), -1);
	assert_int_equal(put(&s, "up/new", "x", &err), -1);
	assert_int_equal(put(&s, "../outside/new", "x", &err), -1);
	assert_int_equal(put(&s, "dir/victim", "x", &err), -1);
	assert_int_equal(place_directory(&s.place, "up/d", &s.meta, NULL, &err), -1);
	assert_int_equal(place_hard_link(&s.place, "h", "../outside/victim", &err), -1);
	assert_int_equal(place_hard_link(&s.place, "h", "dir/victim", &err), -1);
	/* A link at the very place is replaced, not written through. */
	assert_int_equal(put(&s, "file", "mine", &err), 0);
	assert_holds(&s, "file", "mine");

	assert_int_equal(unit_count_entries(outside), 1);
	assert_int_equal(file_read_all(victim, 100, &text, NULL, &err), 0);
	assert_string_equal(text, "untouched");
}

static void bad_names_are_refused(void **state)
{
	static const char *const names[] = { "", ".", "..", "a/", "a/.", "a/.." };
	CLEANUP(scene_releasep) struct scene s = set_scene(*state);

	assert_int_equal(mkdirat(s.root_fd, "a", 0755), 0);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct error err = ERROR_INIT;

		assert_int_equal(put(&s, names[i], "x", &err), -1);
		unit_assert_error(&err, ERR_FORMAT, "no name for a file");
	}
}

static void directories_stay(void **state)
{
	CLEANUP(scene_releasep) struct scene s = set_scene(*state);
	struct error err = ERROR_INIT;
	struct stat st;
	bool made;

	assert_int_equal(mkdirat(s.root_fd, "old", 0), 0);
	assert_int_equal(fchmodat(s.root_fd, "old", 01777, 0), 0);
	assert_int_equal(symlinkat("old", s.root_fd, "link"), 0);
	unit_write_file(s.root, "file", "x");
	s.meta.mode = 0750;

	assert_int_equal(place_directory(&s.place, "new", &s.meta, &made, &err), 0);
	assert_true(made);
	assert_int_equal(fstatat(s.root_fd, "new", &st, 0), 0);
	assert_int_equal(st.st_mode, S_IFDIR | 0750);
	assert_int_equal(place_directory(&s.place, "old", &s.meta, &made, &err), 0);
	assert_false(made);
	assert_int_equal(fstatat(s.root_fd, "old", &st, 0), 0);
	assert_int_equal(st.st_mode, S_IFDIR | 01777);
	assert_int_equal(place_directory(&s.place, "link", &s.meta, &made, &err), 0);
	assert_false(made);

	assert_int_equal(place_directory(&s.place, "file", &s.meta, &made, &err), -1);
	unit_assert_error(&err, ERR_FORMAT, "'/file' is no directory");
	assert_int_equal(put(&s, "old", "x", &err), -1);
	unit_assert_error(&err, ERR_FORMAT, "'/old' is a directory");
	assert_int_equal(place_symlink(&s.place, "old", "t", &s.meta, &err), -1);
	unit_assert_error(&err, ERR_FORMAT, "'/old' is a directory");
}

/* What stood there is another file for those who have it open or have linked it. */
static void files_are_replaced_not_rewritten(void **state)
{
	CLEANUP(scene_releasep) struct scene s = set_scene(*state);
	struct error err = ERROR_INIT;

	unit_write_file(s.root, "one", "old");
	assert_int_equal(linkat(s.root_fd, "one", s.root_fd, "two", 0), 0);
	assert_int_equal(put(&s, "one", "new", &err), 0);
	assert_holds(&s, "one", "new");
	assert_holds(&s, "two", "old");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(files_get_mode_and_time),
		SCRATCH_TEST(links_to_directories_are_followed_inside),
		SCRATCH_TEST(nothing_is_written_outside),
		SCRATCH_TEST(bad_names_are_refused),
		SCRATCH_TEST(directories_stay),
		SCRATCH_TEST(files_are_replaced_not_rewritten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
