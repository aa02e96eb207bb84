/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is made of the cache is then given to this machine's own apt. */
#include "distro/debian/lock_cache.h"

#include <stdio.h>
#include <sys/stat.h>

#include "base/proc.h"
#include "distro/debian/apt.h"
#include "distro/debian/archives.h"
#include "distro/debian/lock.h"
#include "tree/hash.h"
#include "unit.h"

#define NAME "aw-gone"
#define VERSION "1:2.0+really1~rc1-3"
#define FILE_NAME "aw-gone_1%3a2.0+really1~rc1-3_all.deb"
#define LIST "h_debian_dists_x_main_binary-amd64_Packages"

/* A lock of one package, which is in the cache; lists that do not have it. The scratch
 * directory has a space in its name: apt's files are full of paths. */
struct scene {
	char *lists, *cache, *dir, *tmp, *cached, *apt_dir, *keyring;
	struct distro_lock lock;
};

static void scene_releasep(struct scene *s)
{
	free(s->lists);
	free(s->cache);
	free(s->dir);
	free(s->tmp);
	free(s->cached);
	free(s->apt_dir);
	free(s->keyring);
	distro_packages_release(&s->lock.packages);
}

static char *make_deb(const char *scratch)
{
	CLEANUP(freep) char *tree = path_join(scratch, "tree");
	CLEANUP(freep) char *debian = path_join(tree, "DEBIAN");
	char *deb = path_join(scratch, "made.deb");
	const char *const argv[] = { "dpkg-deb", "--build", "-Znone", tree, deb, NULL };
	struct error err = ERROR_INIT;

	assert_int_equal(path_make_dirs(debian, 0755, &err), 0);
	unit_write_file(debian, "control",
		"Package: " NAME "\nVersion: " VERSION
		"\nArchitecture: all\nMaintainer: nobody <n@n.invalid>\n"
		"Description: none\n at all\n");
	unit_write_file(tree, "file", "content");
	if (proc_run(&(struct proc_spec){ .argv = argv }, NULL, &err) < 0)
		fail_msg("%s: %s", err.msg, err.output);
	return deb;
}

static struct scene set_scene(const char *scratch)
{
	CLEANUP(freep) char *base = path_join(scratch, "with space");
	CLEANUP(freep) char *deb = NULL;
	struct distro_package p = { .name = xstrdup(NAME),
		.version = xstrdup(VERSION),
		.arch = xstrdup("all"),
		.uri = xstrdup("http://m.invalid/pool/aw-gone.deb") };
	struct scene s = {
		.lists = path_join(base, "lists"),
		.cache = path_join(base, "cache"),
		.dir = path_join(base, "locked"),
		.tmp = path_join(base, "tmp"),
		.apt_dir = path_join(base, "apt"),
		.keyring = path_join(base, "keys.gpg"),
	};
	struct error err = ERROR_INIT;

	assert_int_equal(path_make_dirs(s.lists, 0755, &err), 0);
	assert_int_equal(path_make_dirs(s.cache, 0755, &err), 0);
	unit_write_file(base, "keys.gpg", "not empty");
	unit_write_file(s.lists, LIST, "Package: other\nVersion: 1\n\n");
	deb = make_deb(base);
	assert_int_equal(hash_file(deb, p.sha256, &p.size_bytes, &err), 0);
	s.cached = archives_cached_path(s.cache, FILE_NAME, p.sha256);
	assert_int_equal(rename(deb, s.cached), 0);
	distro_packages_add(&s.lock.packages, &p);
	return s;
}

static int supplement(
	const struct scene *s, char **ret_sources, size_t *ret_count, struct error *err)
{
	return lock_cache_supplement(&(struct lock_cache_request){ &s->lock, s->lists,
					     s->cache, s->dir, s->tmp },
		ret_sources, ret_count, err);
}

static void apt_chooses_from_it(void **state)
{
	static const char *const uris[] = { "--print-uris", NULL };
	CLEANUP(scene_releasep) struct scene s = set_scene(*state);
	CLEANUP(plan_releasep) struct plan plan = { 0 };
	CLEANUP(strv_releasep) struct strv wanted = STRV_INIT;
	CLEANUP(apt_freep) struct apt *apt = NULL;
	CLEANUP(freep) char *sources = NULL;
	CLEANUP(freep) char *out = NULL;
	const struct apt_setup setup = {
		.dir = s.apt_dir, .arch = "amd64", .keyring = s.keyring
	};
	struct error err = ERROR_INIT;
	size_t count = 0;

	if (supplement(&s, &sources, &count, &err) < 0)
		fail_msg("%s", err.msg);
	assert_int_equal(count, 1);
	assert_false(path_exists(s.tmp));
	strv_add(&wanted, NAME);
	if (apt_new(&setup, &apt, &err) < 0 || apt_set_sources(apt, sources, &err) < 0 ||
		apt_update(apt, &err) < 0 ||
		apt_simulate(apt, uris, &wanted, &out, &err) < 0 ||
		plan_add_uris(&plan, out, &err) < 0)
		fail_msg("%s %s", err.msg, err.output);
	assert_int_equal(plan.package_count, 1);
	assert_string_equal(plan.packages[0].sha256, s.lock.packages.items[0].sha256);
	/* So it is found in the cache again when the packages are fetched. */
	assert_string_equal(plan.packages[0].file, FILE_NAME);
	debian_lock_restore_uris(&s.lock, &plan);
	assert_string_equal(plan.packages[0].uri, s.lock.packages.items[0].uri);
}

static void what_is_listed_is_left_alone(void **state)
{
	CLEANUP(scene_releasep) struct scene s = set_scene(*state);
	CLEANUP(freep)
	char *list = xasprintf("Package: " NAME "\nVersion: " VERSION "\nSHA256: %s\n\n",
		s.lock.packages.items[0].sha256);
	char *sources = NULL;
	struct error err = ERROR_INIT;
	size_t count = 1;

	unit_write_file(s.lists, LIST, list);
	assert_int_equal(supplement(&s, &sources, &count, &err), 0);
	assert_null(sources);
	assert_int_equal(count, 0);
}

static void the_same_version_with_another_hash_is_not_it(void **state)
{
	CLEANUP(scene_releasep) struct scene s = set_scene(*state);
	CLEANUP(freep) char *sources = NULL;
	struct error err = ERROR_INIT;
	size_t count = 0;

	unit_write_file(s.lists, LIST,
		"Package: " NAME "\nVersion: " VERSION
		"\nSHA256: 0123456789012345678901234567890123456789"
		"012345678901234567890123\n\n");
	assert_int_equal(supplement(&s, &sources, &count, &err), 0);
	assert_int_equal(count, 1);
}

static void what_is_nowhere_is_named(void **state)
{
	CLEANUP(scene_releasep) struct scene s = set_scene(*state);
	char *sources = NULL;
	struct error err = ERROR_INIT;
	size_t count = 0;

	assert_int_equal(unlink(s.cached), 0);
	assert_int_equal(supplement(&s, &sources, &count, &err), -1);
	unit_assert_error(&err, ERR_FETCH, "gone from the mirror, and are not in the");
	unit_assert_error(&err, ERR_FETCH, NAME " " VERSION);
}

static void another_file_in_the_cache_is_refused(void **state)
{
	CLEANUP(scene_releasep) struct scene s = set_scene(*state);
	CLEANUP(fd_closep) int fd = open(s.cached, O_WRONLY | O_CLOEXEC);
	char *sources = NULL;
	struct error err = ERROR_INIT;
	size_t count = 0;

	assert_int_equal(pwrite(fd, "X", 1, 100), 1);
	assert_int_equal(supplement(&s, &sources, &count, &err), -1);
	unit_assert_error(&err, ERR_UNTRUSTED, s.cached);
	unit_assert_error(&err, ERR_UNTRUSTED, "delete it");
}

/* A manifest may be anybody's: its names are no paths. */
static void names_lead_nowhere(void **state)
{
	CLEANUP(scene_releasep) struct scene s = set_scene(*state);
	struct distro_package *p = &s.lock.packages.items[0];
	char *sources = NULL;
	struct error err = ERROR_INIT;
	size_t count = 0;

	free(p->name);
	p->name = xstrdup("../cache/aw-gone");
	assert_int_equal(supplement(&s, &sources, &count, &err), -1);
	unit_assert_error(&err, ERR_FETCH, "not in the cache: ../cache/aw-gone");
}

/* What a script has installed has no file. */
static void packages_without_a_file_are_not_wanted(void **state)
{
	CLEANUP(scene_releasep) struct scene s = set_scene(*state);
	char *sources = NULL;
	struct error err = ERROR_INIT;
	size_t count = 1;

	free(s.lock.packages.items[0].uri);
	s.lock.packages.items[0].uri = NULL;
	assert_int_equal(supplement(&s, &sources, &count, &err), 0);
	assert_null(sources);
	assert_int_equal(count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(apt_chooses_from_it),
		SCRATCH_TEST(what_is_listed_is_left_alone),
		SCRATCH_TEST(the_same_version_with_another_hash_is_not_it),
		SCRATCH_TEST(what_is_nowhere_is_named),
		SCRATCH_TEST(another_file_in_the_cache_is_refused),
		SCRATCH_TEST(names_lead_nowhere),
		SCRATCH_TEST(packages_without_a_file_are_not_wanted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
