/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/build_target.h"

#include <sys/stat.h>

#include "core/build_record.h"
#include "recipe_support.h"

static const char recipe_text[] = "name: test\ndistro: debian\nrelease: bookworm\n";

static int open_target(
	const char *dir, const char *to, struct build_target **ret, struct error *err)
{
	CLEANUP(recipe_freep) struct recipe *r = load_good(dir, recipe_text, NULL);
	CLEANUP(freep) char *path = path_join(dir, to);
	const struct build_options options = { .to = path };

	return build_target_open(&options, r, ret, err);
}

static int check_target(const char *dir, const char *to, struct error *err)
{
	CLEANUP(recipe_freep) struct recipe *r = load_good(dir, recipe_text, NULL);
	CLEANUP(freep) char *path = path_join(dir, to);
	const struct build_options options = { .to = path };

	return build_target_check(&options, r, err);
}

static void a_check_makes_nothing(void **state)
{
	CLEANUP(freep) char *recipe = path_join(*state, "r.yaml");
	struct error err = ERROR_INIT;

	if (check_target(*state, "x.raw", &err) < 0 ||
		check_target(*state, ".", &err) < 0)
		fail_msg("%s", err.msg);
	assert_int_equal(unlink(recipe), 0);
	assert_int_equal(unit_count_entries(*state), 0);
}

/* A pipe, a link to one, a link to nothing: as root, each could be replaced. */
static void only_files_are_replaced(void **state)
{
	static const struct {
		const char *to, *says;
	} cases[] = {
		{ "fifo", "is neither a file nor a block device" },
		{ "link-to-fifo", "is neither a file nor a block device" },
		{ "link-to-null", "is neither a file nor a block device" },
		{ "link-to-nothing", "is a symbolic link to nothing" },
		{ "missing/x.raw", "there is no such directory; make it with: mkdir -p" },
		{ "x.vhdx", "and not as .vhdx" },
	};
	CLEANUP(fd_closep) int dir = open(*state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	assert_int_equal(mkfifoat(dir, "fifo", 0600), 0);
	assert_int_equal(symlinkat("fifo", dir, "link-to-fifo"), 0);
	assert_int_equal(symlinkat("/dev/null", dir, "link-to-null"), 0);
	assert_int_equal(symlinkat("missing", dir, "link-to-nothing"), 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct build_target *t = NULL;
		struct error err = ERROR_INIT;

		if (open_target(*state, cases[i].to, &t, &err) == 0)
			fail_msg("%s is taken", cases[i].to);
		unit_assert_error(&err, ERR_TARGET, cases[i].says);
		err = (struct error)ERROR_INIT;
		if (check_target(*state, cases[i].to, &err) == 0)
			fail_msg("%s passes", cases[i].to);
		unit_assert_error(&err, ERR_TARGET, cases[i].says);
	}
}

static char *content(const char *dir, const char *name)
{
	CLEANUP(freep) char *path = path_join(dir, name);
	struct error err = ERROR_INIT;
	char *text;

	assert_int_equal(file_read_all(path, 4096, &text, NULL, &err), 0);
	return text;
}

static void assert_same_file(int fd, const char *dir, const char *name)
{
	CLEANUP(freep) char *path = path_join(dir, name);
	struct stat open_one, named;

	assert_int_equal(fstat(fd, &open_one), 0);
	assert_int_equal(stat(path, &named), 0);
	assert_int_equal(open_one.st_ino, named.st_ino);
}

static void finish_with(const char *dir, const char *to, const char *text)
{
	CLEANUP(freep) char *beside = xasprintf("%s.manifest.json", to);
	struct progress silent = { 0 };
	struct build_target *t = NULL;
	struct error err = ERROR_INIT;

	if (open_target(dir, to, &t, &err) < 0)
		fail_msg("%s", err.msg);
	assert_int_equal(
		fd_write_all(build_target_raw_fd(t), text, strlen(text), to, &err), 0);
	assert_int_equal(build_target_add(t, ".manifest.json", "{}", 2, &err), 0);
	assert_int_equal(build_target_finish(t, &silent, &err), 0);
	assert_same_file(build_target_finished_fd(t, 0), dir, to);
	assert_same_file(build_target_finished_fd(t, 1), dir, beside);
	build_target_free(t);
}

static void a_link_to_a_file_stays_a_link(void **state)
{
	CLEANUP(freep) char *link = path_join(*state, "link.raw");
	CLEANUP(freep) char *file = NULL;
	struct stat st;

	unit_write_file(*state, "file.raw", "old");
	assert_int_equal(symlink("file.raw", link), 0);
	finish_with(*state, "link.raw", "new");
	assert_int_equal(lstat(link, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	file = content(*state, "file.raw");
	assert_string_equal(file, "new");
}

static void files_beside_it_have_its_name(void **state)
{
	CLEANUP(freep) char *image = NULL;
	CLEANUP(freep) char *manifest = NULL;

	finish_with(*state, "x.raw", "disk");
	image = content(*state, "x.raw");
	manifest = content(*state, "x.raw.manifest.json");
	assert_string_equal(image, "disk");
	assert_string_equal(manifest, "{}");
}

/* A first file of that name, then one in its place, by the descriptors of the build that
 * made it; and what the next one has put there is another one. */
static void finished_files_are_known_again(void **state)
{
	CLEANUP(freep) char *path = path_join(*state, "x.raw");
	struct build_files files[3] = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		struct progress silent = { 0 };
		struct build_target *t = NULL;
		struct error err = ERROR_INIT;
		int fds[BUILD_FILES];

		assert_int_equal(open_target(*state, "x.raw", &t, &err), 0);
		assert_int_equal(build_target_add(t, ".manifest.json", "{}", 2, &err), 0);
		assert_int_equal(build_target_add(t, ".spdx.json", "{}", 2, &err), 0);
		assert_int_equal(build_target_finish(t, &silent, &err), 0);
		for (size_t f = 0; f < BUILD_FILES; f++)
			fds[f] = build_target_finished_fd(t, f);
		assert_int_equal(build_files_stamp(fds, &files[i], &err), 0);
		build_target_free(t);
		assert_null(build_files_changed(&files[i], path));
	}
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		CLEANUP(freep) char *changed = build_files_changed(&files[i], path);

		if (i + 1 < ARRAY_SIZE(files))
			assert_string_equal(changed, path);
		else
			assert_null(changed);
		build_files_release(&files[i]);
	}
}

static void nothing_is_left_without_an_end(void **state)
{
	struct build_target *t = NULL;
	struct error err = ERROR_INIT;
	CLEANUP(freep) char *recipe = path_join(*state, "r.yaml");

	assert_int_equal(open_target(*state, "x.raw", &t, &err), 0);
	assert_int_equal(build_target_add(t, ".manifest.json", "{}", 2, &err), 0);
	build_target_free(t);
	assert_int_equal(unlink(recipe), 0);
	assert_int_equal(unit_count_entries(*state), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(a_check_makes_nothing),
		SCRATCH_TEST(only_files_are_replaced),
		SCRATCH_TEST(a_link_to_a_file_stays_a_link),
		SCRATCH_TEST(files_beside_it_have_its_name),
		SCRATCH_TEST(finished_files_are_known_again),
		SCRATCH_TEST(nothing_is_left_without_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
