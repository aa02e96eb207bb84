/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/debian/initramfs.h"

#include <sys/stat.h>

#include "base/file_copy.h"
#include "distro/debian/inputs.h"
#include "unit.h"

/* A tree that has been built with earlier, and a cache. */
struct scene {
	char *root, *work, *cache;
	struct tree_room room;
	struct distro_spec spec;
};

static void scene_releasep(struct scene *s)
{
	free(s->root);
	free(s->work);
	free(s->cache);
}

/* Old enough not to be dated anew in the key. */
static void write_initramfs(const struct scene *s, const char *text)
{
	CLEANUP(freep) char *path = path_join(s->root, "boot/initrd.img-1");
	const struct timespec times[] = { { 1000, 0 }, { 1000, 0 } };

	unit_write_file(s->root, "boot/initrd.img-1", text);
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void set_scene(const char *scratch, struct scene *s)
{
	static const char *const dirs[] = { "tree/boot", "tree/etc",
		"tree/var/lib/dpkg/info", "work" };
	CLEANUP(freep) char *ld_cache = path_join(scratch, "tree/etc/ld.so.cache");
	struct error err = ERROR_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		CLEANUP(freep) char *dir = path_join(scratch, dirs[i]);

		assert_int_equal(path_make_dirs(dir, 0755, &err), 0);
	}
	assert_int_equal(file_copy("/etc/ld.so.cache", ld_cache, &err), 0);
	s->root = path_join(scratch, "tree");
	s->work = path_join(scratch, "work");
	s->cache = path_join(scratch, "cache");
	s->room = (struct tree_room){ .dir = s->work };
	s->spec = (struct distro_spec){ .release = "bookworm",
		.arch = "x86_64",
		.maker = "test",
		.cache_dir = s->cache,
		.room = &s->room,
		.root_dir = s->root };
	write_initramfs(s, "of before");
}

static void find(const struct scene *s, struct initramfs *ret)
{
	struct strv none = STRV_INIT;
	struct error err = ERROR_INIT;

	if (initramfs_find(&s->spec, &none, &none, &none, 2000, NULL, ret, &err) < 0)
		fail_msg("%s", err.msg);
}

/* In the place of one that is there. */
static void what_was_made_is_taken(void **state)
{
	CLEANUP(scene_releasep) struct scene s = { 0 };
	CLEANUP(initramfs_releasep) struct initramfs first = { 0 };
	CLEANUP(initramfs_releasep) struct initramfs second = { 0 };
	CLEANUP(strbuf_releasep) struct strbuf maker = STRBUF_INIT;
	CLEANUP(freep) char *path = NULL;
	CLEANUP(freep) char *text = NULL;
	struct error err = ERROR_INIT;

	set_scene(*state, &s);
	find(&s, &first);
	assert_non_null(first.key);
	debian_maker_format(&s.spec, &maker);
	assert_int_equal(strncmp(first.key, maker.data, maker.length_bytes), 0);
	assert_false(first.taken);
	write_initramfs(&s, "made");
	assert_int_equal(initramfs_keep(&first, &err), 0);
	write_initramfs(&s, "of before");
	find(&s, &second);
	assert_true(second.taken);
	path = path_join(s.root, "boot/initrd.img-1");
	assert_int_equal(file_read_all(path, 100, &text, NULL, &err), 0);
	assert_string_equal(text, "made");
	assert_int_equal(unit_count_entries(s.work), 0);
}

static void only_files_are_kept(void **state)
{
	CLEANUP(scene_releasep) struct scene s = { 0 };
	CLEANUP(initramfs_releasep) struct initramfs i = { 0 };
	CLEANUP(freep) char *dir = NULL;
	CLEANUP(freep) char *kept = NULL;
	struct error err = ERROR_INIT;

	set_scene(*state, &s);
	find(&s, &i);
	dir = path_join(s.root, "boot/initrd.img-dir");
	assert_int_equal(mkdir(dir, 0755), 0);
	assert_int_equal(initramfs_keep(&i, &err), 0);
	kept = path_join(s.cache, "initramfs");
	assert_int_equal(unit_count_entries(kept), 1);
}

/* There is a file where its directory would be. */
static void that_it_cannot_be_kept_is_no_error(void **state)
{
	CLEANUP(scene_releasep) struct scene s = { 0 };
	CLEANUP(initramfs_releasep) struct initramfs i = { 0 };
	struct error err = ERROR_INIT;

	set_scene(*state, &s);
	find(&s, &i);
	assert_int_equal(rmdir(s.work), 0);
	unit_write_file(*state, "work", "");
	assert_int_equal(initramfs_keep(&i, &err), 0);
	assert_int_equal(err.code, ERR_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(what_was_made_is_taken),
		SCRATCH_TEST(only_files_are_kept),
		SCRATCH_TEST(that_it_cannot_be_kept_is_no_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
