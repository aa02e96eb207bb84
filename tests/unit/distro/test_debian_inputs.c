/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/debian/inputs.h"

#include "distro/debian/lists.h"
#include "distro/debian/suite.h"
#include "distro/foreign.h"
#include "unit.h"

/* An apt with one Release file; what is asked about. */
struct scene {
	char *keys, *lists;
	struct apt *apt;
	struct distro_spec spec;
};

static void scene_releasep(struct scene *s)
{
	(void)apt_free(s->apt);
	free(s->keys);
	free(s->lists);
}

static struct scene set_scene(const char *scratch)
{
	CLEANUP(freep) char *dir = path_join(scratch, "apt");
	struct scene s = { .keys = path_join(scratch, "keys.gpg") };
	const struct apt_setup setup = { .dir = dir, .arch = "amd64", .keyring = s.keys };
	struct error err = ERROR_INIT;

	(void)unsetenv("SOURCE_DATE_EPOCH");
	unit_write_file(scratch, "keys.gpg", "not empty");
	if (apt_new(&setup, &s.apt, &err) < 0)
		fail_msg("%s", err.msg);
	s.spec.arch = "x86_64";
	s.spec.keyring = s.keys;
	s.lists = lists_dir(s.apt);
	unit_write_file(s.lists, "h_dists_x_InRelease",
		"Origin: x\nDate: Sat, 10 Jun 2023 08:56:41 UTC\nSHA256:\n");
	return s;
}

static char *inputs(const struct scene *s, const char *sources)
{
	struct strbuf text = STRBUF_INIT;
	struct error err = ERROR_INIT;

	if (debian_inputs_format(&s->spec, s->apt, sources, &text, &err) < 0)
		fail_msg("%s", err.msg);
	return strbuf_take(&text);
}

static void differs(const struct scene *s, const char *sources, const char *from)
{
	CLEANUP(freep) char *now = inputs(s, sources);

	assert_string_not_equal(now, from);
}

static void whatever_decides_is_in_it(void **state)
{
	CLEANUP(scene_releasep) struct scene s = set_scene(*state);
	CLEANUP(freep) char *first = inputs(&s, "URIs: a\n");
	CLEANUP(freep) char *again = inputs(&s, "URIs: a\n");
	CLEANUP(freep) char *third = NULL;

	assert_string_equal(first, again);
	assert_non_null(strstr(first, "tool apt "));
	differs(&s, "URIs: b\n", first);
	assert_int_equal(setenv("SOURCE_DATE_EPOCH", "17", 1), 0);
	differs(&s, "URIs: a\n", first);
	(void)unsetenv("SOURCE_DATE_EPOCH");
	unit_write_file(*state, "keys.gpg", "other keys");
	differs(&s, "URIs: a\n", first);
	unit_write_file(*state, "keys.gpg", "not empty");
	third = inputs(&s, "URIs: a\n");
	assert_string_equal(first, third);
	unit_write_file(s.lists, "h_dists_x_InRelease",
		"Origin: x\nDate: Sat, 10 Jun 2023 08:56:41 UTC\nSHA256:\nSuite: x\n");
	differs(&s, "URIs: a\n", first);
}

/* Its manifest names packages and date. */
static void a_lock_does_not_depend_on_lists(void **state)
{
	CLEANUP(scene_releasep) struct scene s = set_scene(*state);
	const struct distro_lock lock = { .epoch_s = 1 };
	CLEANUP(freep) char *first = NULL;
	CLEANUP(freep) char *again = NULL;

	s.spec.lock = &lock;
	first = inputs(&s, "URIs: a\n");
	unit_write_file(s.lists, "h_dists_x_InRelease", "another one");
	again = inputs(&s, "URIs: a\n");
	assert_string_equal(first, again);
	differs(&s, "URIs: b\n", first);
}

/* Of a program that is not this machine's, what runs it may decide as well. */
static void what_runs_the_programs_is_in_it(void **state)
{
	static const char *const arches[] = { "x86_64", "arm64" };
	CLEANUP(scene_releasep) struct scene s = set_scene(*state);

	for (size_t i = 0; i < ARRAY_SIZE(arches); i++) {
		CLEANUP(strbuf_releasep) struct strbuf emulator = STRBUF_INIT;
		CLEANUP(strbuf_releasep) struct strbuf maker = STRBUF_INIT;
		CLEANUP(freep) char *text = NULL;

		s.spec.arch = arches[i];
		s.spec.maker = "who";
		foreign_describe(debian_arch_find(arches[i])->qemu_name, &emulator);
		text = inputs(&s, "URIs: a\n");
		debian_maker_format(&s.spec, &maker);
		assert_non_null(strstr(text, emulator.data));
		assert_int_equal(
			emulator.length_bytes != 0, strstr(text, "\nemulator ") != NULL);
		assert_non_null(strstr(maker.data, arches[i]));
		assert_non_null(strstr(maker.data, emulator.data));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(whatever_decides_is_in_it),
		SCRATCH_TEST(a_lock_does_not_depend_on_lists),
		SCRATCH_TEST(what_runs_the_programs_is_in_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
