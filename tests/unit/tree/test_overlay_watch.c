/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree/overlay_watch.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include "unit.h"

struct scene {
	char *overlay, *root;
};

static void scene_releasep(struct scene *s)
{
	free(s->overlay);
	free(s->root);
}

/* A tree with /bin as a link to usr/bin, and an overlay. */
static struct scene set_scene(const char *scratch)
{
	struct scene s = { path_join(scratch, "overlay"), path_join(scratch, "root") };
	CLEANUP(freep) char *usr = path_join(s.root, "usr");
	CLEANUP(freep) char *usr_bin = path_join(s.root, "usr/bin");
	CLEANUP(freep) char *bin = path_join(s.root, "bin");

	assert_int_equal(mkdir(s.overlay, 0755), 0);
	assert_int_equal(mkdir(s.root, 0755), 0);
	assert_int_equal(mkdir(usr, 0755), 0);
	assert_int_equal(mkdir(usr_bin, 0755), 0);
	assert_int_equal(symlink("usr/bin", bin), 0);
	return s;
}

/* In the overlay and in the tree, which has it through the link as well. */
static void add_file(const struct scene *s, const char *name)
{
	CLEANUP(freep) char *bin = path_join(s->overlay, "bin");
	CLEANUP(freep) char *path = path_join("bin", name);

	(void)mkdir(bin, 0755);
	unit_write_file(s->overlay, path, "#!/bin/true\n");
	unit_write_file(s->root, path, "#!/bin/true\n");
}

static struct overlay_watch *start(const struct scene *s)
{
	struct overlay_watch *w = NULL;
	struct error err = ERROR_INIT;

	if (overlay_watch_start(s->overlay, s->root, &w, &err) < 0)
		fail_msg("%s", err.msg);
	return w;
}

static void use_read(const char *path)
{
	CLEANUP(fd_closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
	char byte;

	assert_int_equal(read(fd, &byte, 1), 1);
}

static void use_open(const char *path)
{
	CLEANUP(fd_closep) int fd = open(path, O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
}

static void use_write(const char *path)
{
	CLEANUP(fd_closep) int fd = open(path, O_WRONLY | O_CLOEXEC);

	assert_int_equal(write(fd, "x", 1), 1);
}

static void use_truncate(const char *path)
{
	assert_int_equal(truncate(path, 1), 0);
}

static void use_execute(const char *path)
{
	const pid_t pid = fork();
	int status;

	if (pid == 0) {
		(void)execl(path, path, (char *)NULL);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void use_mode(const char *path)
{
	assert_int_equal(chmod(path, 0600), 0);
}

static void use_remove(const char *path)
{
	assert_int_equal(unlink(path), 0);
}

static void use_rename(const char *path)
{
	CLEANUP(freep) char *to = xasprintf("%s.old", path);

	assert_int_equal(rename(path, to), 0);
}

static void use_link(const char *path)
{
	CLEANUP(freep) char *to = xasprintf("%s.link", path);

	assert_int_equal(link(path, to), 0);
	use_read(to);
}

static void only_look(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(access(path, X_OK), 0);
}

static void what_is_used_is_known(void **state)
{
	static const struct {
		const char *name;
		void (*use)(const char *path);
		bool idle;
	} cases[] = {
		{ "read", use_read, false },
		{ "open", use_open, false },
		{ "write", use_write, false },
		{ "truncate", use_truncate, false },
		{ "execute", use_execute, false },
		{ "mode", use_mode, false },
		{ "remove", use_remove, false },
		{ "rename", use_rename, false },
		{ "link", use_link, false },
		{ "look", only_look, true },
	};
	CLEANUP(scene_releasep) struct scene s = set_scene(*state);
	CLEANUP(overlay_watch_freep) struct overlay_watch *w = NULL;
	struct overlay_idle idle = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(freep) char *path = xasprintf("%s/bin/%s", s.root, cases[i].name);

		add_file(&s, cases[i].name);
		assert_int_equal(chmod(path, 0755), 0);
	}
	w = start(&s);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(freep)
		char *path = xasprintf("%s/usr/bin/%s", s.root, cases[i].name);

		cases[i].use(path);
	}
	overlay_watch_look(w, &idle);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(freep) char *path = path_join("bin", cases[i].name);

		if (strv_contains(&idle.paths, path) != cases[i].idle)
			fail_msg("%s: idle is not %d", cases[i].name, cases[i].idle);
	}
	assert_int_equal(idle.places.count, 1);
	assert_string_equal(idle.places.items[0], "usr/bin/look");
	overlay_idle_release(&idle);
}

/* The content of the one that was copied last is what stands there. */
static void two_ways_to_one_place_are_used(void **state)
{
	CLEANUP(scene_releasep) struct scene s = set_scene(*state);
	CLEANUP(overlay_watch_freep) struct overlay_watch *w = NULL;
	CLEANUP(freep) char *usr = path_join(s.overlay, "usr");
	CLEANUP(freep) char *usr_bin = path_join(s.overlay, "usr/bin");
	struct overlay_idle idle = { 0 };

	add_file(&s, "tool");
	assert_int_equal(mkdir(usr, 0755), 0);
	assert_int_equal(mkdir(usr_bin, 0755), 0);
	unit_write_file(s.overlay, "usr/bin/tool", "#!/bin/true\n");
	w = start(&s);
	overlay_watch_look(w, &idle);
	assert_int_equal(idle.paths.count, 0);
	overlay_idle_release(&idle);
}

/* As with a file that a link of the tree leads to, or that is not there any more. */
static void what_is_not_there_is_used(void **state)
{
	CLEANUP(scene_releasep) struct scene s = set_scene(*state);
	CLEANUP(overlay_watch_freep) struct overlay_watch *w = NULL;
	struct overlay_idle idle = { 0 };

	unit_write_file(s.overlay, "missing", "x");
	w = start(&s);
	overlay_watch_look(w, &idle);
	overlay_watch_look(NULL, &idle);
	assert_int_equal(idle.paths.count, 0);
	overlay_idle_release(&idle);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(what_is_used_is_known),
		SCRATCH_TEST(two_ways_to_one_place_are_used),
		SCRATCH_TEST(what_is_not_there_is_used),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
