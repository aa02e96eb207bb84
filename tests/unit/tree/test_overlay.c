/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree/overlay.h"

#include <sys/stat.h>

#include "base/sandbox.h"
#include "unit.h"

enum { MTIME_S = 1234 };

/* Counts what it hears. */
struct listener {
	struct progress progress;
	int warnings;
};

static void count_warnings(struct progress *p, const struct progress_event *e)
{
	if (e->kind == PROGRESS_WARNING)
		((struct listener *)p)->warnings++;
}

struct scene {
	char *overlay, *root;
	int overlay_fd, root_fd;
	struct listener listener;
};

static void scene_releasep(struct scene *s)
{
	fd_closep(&s->overlay_fd);
	fd_closep(&s->root_fd);
	free(s->overlay);
	free(s->root);
}

static int make_and_open(const char *dir)
{
	assert_int_equal(mkdir(dir, 0755), 0);
	return open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static struct scene set_scene(const char *scratch)
{
	struct scene s = { .overlay = path_join(scratch, "overlay"),
		.root = path_join(scratch, "root"),
		.listener = { .progress = { .report = count_warnings } } };

	s.overlay_fd = make_and_open(s.overlay);
	s.root_fd = make_and_open(s.root);
	return s;
}

static int copy_inside(
	void *userdata, struct progress *p, struct strbuf *result, struct error *err)
{
	const struct scene *s = userdata;

	(void)result;
	return overlay_copy(s->overlay, s->root, MTIME_S, p, err);
}

/* As root of a sandbox, where a tree is made: what is root's there is ours here. */
static int copy(struct scene *s, struct error *err)
{
	return sandbox_run(copy_inside, s, &s->listener.progress, NULL, err);
}

static void files_links_and_directories_are_copied(void **state)
{
	CLEANUP(scene_releasep) struct scene s = set_scene(*state);
	struct error err = ERROR_INIT;
	struct stat st;
	char target[64] = "";

	assert_int_equal(mkdirat(s.overlay_fd, "etc", 0750), 0);
	unit_write_file(s.overlay, "etc/conf", "text");
	assert_int_equal(fchmodat(s.overlay_fd, "etc/conf", 0600, 0), 0);
	if (geteuid() == 0)
		assert_int_equal(fchownat(s.overlay_fd, "etc/conf", 12, 34, 0), 0);
	assert_int_equal(symlinkat("../../escape", s.overlay_fd, "etc/link"), 0);
	assert_int_equal(copy(&s, &err), 0);

	assert_int_equal(fstatat(s.root_fd, "etc", &st, 0), 0);
	assert_int_equal(st.st_mode, S_IFDIR | 0750);
	assert_int_equal(fstatat(s.root_fd, "etc/conf", &st, 0), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0600);
	assert_int_equal(st.st_uid, getuid());
	assert_int_equal(st.st_gid, getgid());
	assert_int_equal(st.st_mtime, MTIME_S);
	assert_int_equal(st.st_size, 4);
	assert_true(readlinkat(s.root_fd, "etc/link", target, sizeof(target) - 1) > 0);
	assert_string_equal(target, "../../escape");
	assert_int_equal(s.listener.warnings, 0);
}

static void set_id_bits_are_kept_and_told(void **state)
{
	CLEANUP(scene_releasep) struct scene s = set_scene(*state);
	struct error err = ERROR_INIT;
	struct stat st;

	unit_write_file(s.overlay, "tool", "x");
	assert_int_equal(fchmodat(s.overlay_fd, "tool", 04755, 0), 0);
	assert_int_equal(copy(&s, &err), 0);
	assert_int_equal(fstatat(s.root_fd, "tool", &st, 0), 0);
	assert_int_equal(st.st_mode, S_IFREG | 04755);
	assert_int_equal(s.listener.warnings, 1);
}

static void links_of_the_tree_lead_nowhere_else(void **state)
{
	CLEANUP(scene_releasep) struct scene s = set_scene(*state);
	CLEANUP(freep) char *outside = path_join(*state, "outside");
	struct error err = ERROR_INIT;

	assert_int_equal(mkdir(outside, 0755), 0);
	assert_int_equal(symlinkat(outside, s.root_fd, "etc"), 0);
	assert_int_equal(mkdirat(s.overlay_fd, "etc", 0755), 0);
	unit_write_file(s.overlay, "etc/passwd", "x");
	assert_int_equal(copy(&s, &err), -1);
	unit_assert_error(&err, ERR_RECIPE, "'/etc' is no directory");
	assert_int_equal(unit_count_entries(outside), 0);
}

static void what_cannot_be_copied_is_refused(void **state)
{
	CLEANUP(scene_releasep) struct scene s = set_scene(*state);
	CLEANUP(freep) char *file = path_join(s.overlay, "file");
	CLEANUP(freep) char *missing = path_join(*state, "missing");
	struct error err = ERROR_INIT;

	assert_int_equal(overlay_check(missing, &err), -1);
	unit_assert_error(&err, ERR_RECIPE, missing);
	unit_write_file(s.overlay, "file", "x");
	assert_int_equal(overlay_check(s.overlay, &err), 0);
	assert_int_equal(overlay_check(file, &err), -1);
	unit_assert_error(&err, ERR_RECIPE, file);
	assert_int_equal(mkfifoat(s.overlay_fd, "pipe", 0600), 0);
	assert_int_equal(overlay_check(s.overlay, &err), -1);
	unit_assert_error(&err, ERR_RECIPE, "pipe");
	assert_int_equal(copy(&s, &err), -1);
	assert_int_equal(unit_count_entries(s.root), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(files_links_and_directories_are_copied),
		SCRATCH_TEST(set_id_bits_are_kept_and_told),
		SCRATCH_TEST(links_of_the_tree_lead_nowhere_else),
		SCRATCH_TEST(what_cannot_be_copied_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
