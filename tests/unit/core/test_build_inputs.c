/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/build_inputs.h"

#include <stdbool.h>
#include <sys/stat.h>

#include "recipe_support.h"

#define NAMED "name: test\ndistro: debian\nrelease: bookworm\n"

static struct build_inputs inputs_of(
	const char *scratch, const char *text, const char *locked)
{
	CLEANUP(recipe_freep) struct recipe *r = load_good(scratch, text, NULL);
	struct build_inputs in = BUILD_INPUTS_INIT;
	struct error err = ERROR_INIT;

	if (build_inputs_read(r, locked, &in, &err) < 0)
		fail_msg("%s", err.msg);
	return in;
}

/* Everything that two recipes can name. */
static void make_files(const char *scratch)
{
	CLEANUP(freep) char *files = path_join(scratch, "files");

	assert_int_equal(mkdir(files, 0755), 0);
	unit_write_file(files, "motd", "hello");
	unit_write_file(scratch, "keys", "keys");
	unit_write_file(scratch, "s.sh", "#!/bin/sh\n");
	unit_write_file(scratch, "t.sh", "#!/bin/sh\n");
}

static void what_differs_is_said(void **state)
{
	static const struct {
		const char *text; /* of the second recipe */
		bool same;
	} cases[] = {
		{ NAMED "overlay: files\nkeyring: keys\nscripts: [s.sh]\n", true },
		{ NAMED "overlay: files\nkeyring: keys\nscripts: [t.sh]\n", false },
		{ NAMED "overlay: files\nkeyring: keys\nscripts: [s.sh, s.sh]\n", false },
		{ NAMED "overlay: files\nscripts: [s.sh]\n", false },
		{ NAMED "keyring: keys\nscripts: [s.sh]\n", false },
		{ NAMED "overlay: files\nkeyring: keys\nscripts: [s.sh]\nuser: other\n",
			false },
		{ NAMED "overlay: files\nkeyring: keys\nscripts: [s.sh]\n"
			"disk: {free: 1G}\n",
			false },
		{ NAMED "overlay: files\nkeyring: keys\nscripts: [s.sh]\n"
			"root-password-hash: $6$saltsalt$0123456789abcdef0\n",
			false },
	};
	struct build_inputs first;

	make_files(*state);
	first = inputs_of(*state, cases[0].text, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct build_inputs second;
		const char *why;

		second = inputs_of(*state, cases[i].text, NULL);
		why = build_inputs_compare(&first, &second);
		if (!why != cases[i].same)
			fail_msg("case %zu: %s", i, why ? why : "nothing");
		if (why)
			assert_non_null(strstr(why, "the recipe or a file"));
	}
}

static void change_content(const char *dir)
{
	unit_write_file(dir, "motd", "hellO");
}

static void change_mode(const char *dir)
{
	CLEANUP(freep) char *path = path_join(dir, "motd");

	assert_int_equal(chmod(path, 0600), 0);
}

static void change_directory_mode(const char *dir)
{
	assert_int_equal(chmod(dir, 0700), 0);
}

static void add_file(const char *dir)
{
	unit_write_file(dir, "more", "");
}

static void make_it_a_link(const char *dir)
{
	CLEANUP(freep) char *path = path_join(dir, "motd");

	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("hello", path), 0);
}

static void changes_of_an_overlay_are_seen(void **state)
{
	static void (*const changes[])(const char *dir) = { change_content, change_mode,
		change_directory_mode, add_file, make_it_a_link };

	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		CLEANUP(freep) char *scratch = xasprintf("%s/%zu", (char *)*state, i);
		CLEANUP(freep) char *files = path_join(scratch, "files");
		struct build_inputs first, second;

		assert_int_equal(mkdir(scratch, 0755), 0);
		make_files(scratch);
		first = inputs_of(scratch, NAMED "overlay: files\n", NULL);
		changes[i](files);
		second = inputs_of(scratch, NAMED "overlay: files\n", NULL);
		if (!build_inputs_compare(&first, &second))
			fail_msg("change %zu is not seen", i);
	}
}

static void a_lock_counts(void **state)
{
	CLEANUP(freep) char *lock = path_join(*state, "lock");
	struct build_inputs without, with, other;

	unit_write_file(*state, "lock", "1");
	without = inputs_of(*state, NAMED, NULL);
	with = inputs_of(*state, NAMED, lock);
	unit_write_file(*state, "lock", "2");
	other = inputs_of(*state, NAMED, lock);
	assert_non_null(strstr(build_inputs_compare(&without, &with), "locked"));
	assert_non_null(strstr(build_inputs_compare(&with, &other), "locked"));
	assert_null(build_inputs_compare(&with, &with));
}

static void the_rest_is_compared(void **state)
{
	static char old_tree[] = "list 1\n", new_tree[] = "list 2\n";
	struct build_inputs a = { .program = "1", .recipe = "2", .tree = old_tree };
	struct build_inputs b = a;

	(void)state;
	assert_null(build_inputs_compare(&a, &b));
	b.tree = NULL;
	assert_null(build_inputs_compare(&a, &b));
	b.tree = new_tree;
	assert_non_null(strstr(build_inputs_compare(&a, &b), "the mirror"));
	memcpy(b.program, "3", 2);
	assert_non_null(strstr(build_inputs_compare(&a, &b), "amiwright"));
}

static void scripts_may_do_anything(void **state)
{
	static const struct {
		const char *text;
		bool decide;
	} cases[] = {
		{ NAMED, true },
		{ NAMED "scripts: [s.sh]\n", false },
		{ NAMED "scripts: [s.sh]\nscripts-repeatable: yes\n", true },
	};

	make_files(*state);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(recipe_freep)
		struct recipe *r = load_good(*state, cases[i].text, NULL);

		assert_int_equal(build_inputs_decide(r), cases[i].decide);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(what_differs_is_said),
		SCRATCH_TEST(changes_of_an_overlay_are_seen),
		SCRATCH_TEST(a_lock_counts),
		cmocka_unit_test(the_rest_is_compared),
		SCRATCH_TEST(scripts_may_do_anything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
