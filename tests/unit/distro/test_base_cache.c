/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/base_cache.h"

#include <dirent.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "unit.h"

/* A tree that is kept, and an empty one. */
struct scene {
	char *cache, *made, *empty;
	struct base_request keep, take;
};

static struct scene set_scene(const char *scratch)
{
	struct scene s = { .cache = path_join(scratch, "cache"),
		.made = path_join(scratch, "made"),
		.empty = path_join(scratch, "empty") };

	assert_int_equal(mkdir(s.made, 0755), 0);
	assert_int_equal(mkdir(s.empty, 0755), 0);
	unit_write_file(s.made, "file", "content");
	s.keep = (struct base_request){
		.what = "base", .cache_dir = s.cache, .key = "a\nb\n", .root_dir = s.made
	};
	s.take = s.keep;
	s.take.root_dir = s.empty;
	return s;
}

static void scene_releasep(struct scene *s)
{
	free(s->cache);
	free(s->made);
	free(s->empty);
}

static void assert_not_taken(const struct scene *s)
{
	CLEANUP(freep) char *file = path_join(s->empty, "file");
	struct error err = ERROR_INIT;
	bool taken = true;

	if (base_cache_take(&s->take, &taken, &err) < 0)
		fail_msg("%s", err.msg);
	assert_false(taken);
	assert_false(path_exists(file));
	assert_true(path_exists(s->empty));
}

/* The only file of the cache. */
static char *kept_file(const struct scene *s)
{
	DIR *dir = opendir(s->cache);
	char *path = NULL;
	struct dirent *e;

	assert_non_null(dir);
	while ((e = readdir(dir)))
		if (e->d_name[0] != '.') {
			assert_null(path);
			path = path_join(s->cache, e->d_name);
		}
	(void)closedir(dir);
	assert_non_null(path);
	return path;
}

static void what_was_kept_is_taken(void **state)
{
	CLEANUP(scene_releasep) struct scene s = set_scene(*state);
	CLEANUP(freep) char *file = path_join(s.empty, "file");
	CLEANUP(freep) char *text = NULL;
	struct error err = ERROR_INIT;
	bool taken = false;

	assert_not_taken(&s);
	base_cache_keep(&s.keep);
	assert_int_equal(base_cache_take(&s.take, &taken, &err), 0);
	assert_true(taken);
	assert_int_equal(file_read_all(file, 100, &text, NULL, &err), 0);
	assert_string_equal(text, "content");
}

static void only_the_same_key_will_do(void **state)
{
	CLEANUP(scene_releasep) struct scene s = set_scene(*state);

	base_cache_keep(&s.keep);
	s.take.key = "a\nc\n";
	assert_not_taken(&s);
}

static void without_a_directory_nothing_is_kept(void **state)
{
	CLEANUP(scene_releasep) struct scene s = set_scene(*state);

	s.keep.cache_dir = NULL;
	base_cache_keep(&s.keep);
	assert_false(path_exists(s.cache));
	s.take.cache_dir = NULL;
	assert_not_taken(&s);
}

/* Its first byte is content, its last of the index; then another's, and nothing. */
static void damage_leaves_an_empty_tree(void **state)
{
	CLEANUP(scene_releasep) struct scene s = set_scene(*state);
	CLEANUP(freep) char *path = NULL;
	CLEANUP(freep) char *other = NULL;
	struct stat st;

	base_cache_keep(&s.keep);
	path = kept_file(&s);
	assert_int_equal(stat(path, &st), 0);
	for (int i = 0; i < 2; i++) {
		CLEANUP(fd_closep) int fd = open(path, O_RDWR | O_CLOEXEC);

		assert_int_equal(pwrite(fd, "X", 1, i ? st.st_size - 9 : 0), 1);
		assert_not_taken(&s);
		assert_false(path_exists(path));
		base_cache_keep(&s.keep);
	}
	assert_int_equal(truncate(path, 0), 0);
	assert_not_taken(&s);
	s.keep.key = "other";
	base_cache_keep(&s.keep);
	other = kept_file(&s);
	assert_int_equal(rename(other, path), 0);
	assert_not_taken(&s);
	assert_false(path_exists(path));
}

/* The index is whole, but one file cannot be made. */
static void what_cannot_be_placed_leaves_an_empty_tree(void **state)
{
	CLEANUP(scene_releasep) struct scene s = set_scene(*state);
	CLEANUP(freep) char *path = NULL;

	base_cache_keep(&s.keep);
	path = kept_file(&s);
	unit_write_file(s.empty, "file", "in the way");
	assert_not_taken(&s);
	assert_int_equal(unit_count_entries(s.empty), 0);
	assert_false(path_exists(path));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(what_was_kept_is_taken),
		SCRATCH_TEST(only_the_same_key_will_do),
		SCRATCH_TEST(without_a_directory_nothing_is_kept),
		SCRATCH_TEST(damage_leaves_an_empty_tree),
		SCRATCH_TEST(what_cannot_be_placed_leaves_an_empty_tree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
