/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/debian/lists_check.h"

#include <sys/stat.h>

#include "tree/hash.h"
#include "unit.h"

#define LIST "h_debian_dists_x_main_binary-amd64_Packages"

/* A Release file that vouches for `text` as `path`. */
static void write_release(
	const char *dir, const char *name, const char *path, const char *text)
{
	CLEANUP(freep) char *release = NULL;
	char hex[SHA256_HEX_CHARS + 1];

	hash_bytes(text, strlen(text), hex);
	release = xasprintf("SHA256:\n %s %zu %s\n", hex, strlen(text), path);
	unit_write_file(dir, name, release);
}

static void lists_are_held_against_their_release(void **state)
{
	static const struct {
		const char *file, *text; /* beside the Release files of x and of y */
		const char *says; /* NULL: it is fine */
	} cases[] = {
		{ LIST, "Package: a\n", NULL },
		{ LIST, "Package: b\n", "'" LIST "' is not what was signed" },
		{ LIST, "Package: a", "is not what was signed" },
		{ LIST, "", "is not what was signed" },
		{ "h_debian_dists_z_main_binary-amd64_Packages", "Package: a\n",
			"no Release file speaks of the package list 'h_debian_dists_z_" },
		{ "h_debian_dists_x_main_binary-arm64_Packages", "Package: a\n",
			"no Release file speaks of" },
		{ "h_debian_dists_x_main_binary-amd64_Packages.xz", "Package: a\n",
			"no Release file speaks of" },
		{ "h_debian_dists_x_InRelease", "Suite: x\n", "is no Release file" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(freep) char *dir = xasprintf("%s/%zu", (char *)*state, i);
		CLEANUP(freep) char *partial = path_join(dir, "partial");
		struct error err = ERROR_INIT;

		assert_int_equal(path_make_dirs(partial, 0755, &err), 0);
		unit_write_file(dir, "lock", "");
		write_release(dir, "h_debian_dists_x_InRelease",
			"main/binary-amd64/Packages", "Package: a\n");
		write_release(dir, "h_debian_dists_y_Release",
			"main/binary-amd64/Packages", "Package: y\n");
		unit_write_file(dir, "h_debian_dists_y_Release.gpg", "");
		unit_write_file(dir, cases[i].file, cases[i].text);
		if (lists_check(dir, &err) == 0) {
			if (cases[i].says)
				fail_msg("case %zu passes", i);
			continue;
		}
		if (!cases[i].says)
			fail_msg("case %zu: %s", i, err.msg);
		unit_assert_error(&err, err.code, cases[i].says);
	}
}

static char *description(const char *dir)
{
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	struct error err = ERROR_INIT;

	assert_int_equal(lists_describe(dir, &text, &err), 0);
	return strbuf_take(&text);
}

static void what_was_signed_is_described(void **state)
{
	CLEANUP(freep) char *first = NULL;
	CLEANUP(freep) char *same = NULL;
	CLEANUP(freep) char *other = NULL;

	unit_write_file(*state, "h_b_Release", "1");
	unit_write_file(*state, "h_a_InRelease", "2");
	unit_write_file(*state, "h_a_Packages", "3");
	first = description(*state);
	assert_non_null(strstr(first, "h_a_InRelease d4735e3a265e16ee"));
	assert_true(strstr(first, "h_b_Release") > strstr(first, "h_a_InRelease"));
	assert_null(strstr(first, "Packages"));
	unit_write_file(*state, "h_a_Packages", "4");
	same = description(*state);
	assert_string_equal(first, same);
	unit_write_file(*state, "h_b_Release", "5");
	other = description(*state);
	assert_string_not_equal(first, other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(lists_are_held_against_their_release),
		SCRATCH_TEST(what_was_signed_is_described),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
