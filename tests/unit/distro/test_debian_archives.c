/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/debian/archives.h"

#include <sys/stat.h>

#include "unit.h"

#define FILE_NAME "hello_1_all.deb"
#define CACHED_NAME "hello_1_all.2cf24dba5fb0.deb" /* of SHA-256("hello") */
#define HELLO_HASH "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"

/* A package that is in the cache, an apt that has no sources. */
struct scene {
	char *cache, *apt_dir, *keyring;
	struct apt *apt;
	struct plan plan;
	struct strv packages;
};

static void scene_releasep(struct scene *s)
{
	free(s->cache);
	free(s->apt_dir);
	free(s->keyring);
	(void)apt_free(s->apt);
	plan_release(&s->plan);
	strv_release(&s->packages);
}

static struct scene set_scene(const char *scratch)
{
	struct scene s = { .cache = path_join(scratch, "cache"),
		.apt_dir = path_join(scratch, "apt"),
		.keyring = path_join(scratch, "keys.gpg") };
	struct error err = ERROR_INIT;
	const struct apt_setup setup = {
		.dir = s.apt_dir, .arch = "amd64", .keyring = s.keyring
	};

	unit_write_file(scratch, "keys.gpg", "not empty");
	assert_int_equal(mkdir(s.cache, 0755), 0);
	if (apt_new(&setup, &s.apt, &err) < 0)
		fail_msg("%s", err.msg);
	strv_add(&s.packages, "hello");
	assert_int_equal(plan_add_uris(&s.plan,
				 "'http://127.0.0.1:1/" FILE_NAME "' " FILE_NAME
				 " 5 SHA256:" HELLO_HASH "\n",
				 &err),
		0);
	return s;
}

static int fetch(struct scene *s, uint64_t *ret_bytes, struct error *err)
{
	const struct archives_request r = { .apt = s->apt,
		.plan = &s->plan,
		.packages = &s->packages,
		.cache_dir = s->cache };

	return archives_fetch(&r, ret_bytes, err);
}

static void cached_files_are_used(void **state)
{
	CLEANUP(scene_releasep) struct scene s = set_scene(*state);
	CLEANUP(freep) char *dir = archives_dir(s.apt);
	CLEANUP(freep) char *file = path_join(dir, FILE_NAME);
	CLEANUP(freep) char *text = NULL;
	struct error err = ERROR_INIT;
	uint64_t bytes = 1;

	unit_write_file(s.cache, CACHED_NAME, "hello");
	if (fetch(&s, &bytes, &err) < 0)
		fail_msg("%s", err.msg);
	assert_int_equal(bytes, 0);
	assert_int_equal(file_read_all(file, 100, &text, NULL, &err), 0);
	assert_string_equal(text, "hello");
}

/* Same size, other bytes; fewer; more; none: apt would take the first as it is. */
static void tampered_files_are_refused_by_name(void **state)
{
	static const char *const texts[] = { "hellO", "hell", "hello!", "" };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		CLEANUP(freep) char *scratch = xasprintf("%s/%zu", (char *)*state, i);
		CLEANUP(scene_releasep) struct scene s = { 0 };
		struct error err = ERROR_INIT;
		uint64_t bytes;

		assert_int_equal(mkdir(scratch, 0755), 0);
		s = set_scene(scratch);
		unit_write_file(s.cache, CACHED_NAME, texts[i]);
		assert_int_equal(fetch(&s, &bytes, &err), -1);
		unit_assert_error(&err, ERR_UNTRUSTED, CACHED_NAME);
		unit_assert_error(&err, ERR_UNTRUSTED, "delete it");
	}
}

/* It is wanted, not there, and cannot be fetched: what is wrong is said, and nothing
 * cached. */
static void missing_files_are_asked_of_apt(void **state)
{
	CLEANUP(scene_releasep) struct scene s = set_scene(*state);
	struct error err = ERROR_INIT;
	uint64_t bytes;

	assert_int_equal(fetch(&s, &bytes, &err), -1);
	unit_assert_error(&err, ERR_RECIPE, "hello");
	assert_int_equal(unit_count_entries(s.cache), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(cached_files_are_used),
		SCRATCH_TEST(tampered_files_are_refused_by_name),
		SCRATCH_TEST(missing_files_are_asked_of_apt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
