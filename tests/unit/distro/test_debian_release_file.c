/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/debian/release_file.h"

#include "unit.h"

#define A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define BEGIN "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n"
#define END "-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n"

static void lists_are_read(void **state)
{
	static const struct {
		const char *text;
		int count; /* -1: refused */
		const char *last_path;
	} cases[] = {
		{ "Suite: x\nSHA256:\n " A " 17 main/Packages\n", 1, "main/Packages" },
		{ "SHA256:\n " A " 1 a\n\t" B "   22  b\nDate: x\n", 2, "b" },
		{ "MD5Sum:\n d41d 0 a\nSHA256:\n " A " 1 b\nSHA512:\n ff 2 c\n", 1, "b" },
		{ "SHA256:\nDate: x\n", 0, NULL },
		{ BEGIN "SHA256:\n " A " 1 a\n" END, 1, "a" },
		/* Behind and before the signature stands what nobody has signed. */
		{ BEGIN "SHA256:\n " A " 1 a\n" END "SHA256:\n " B " 2 b\n", 1, "a" },
		{ "SHA256:\n " B " 2 b\n" BEGIN "SHA256:\n " A " 1 a\n" END, -1, NULL },
		{ BEGIN "SHA256:\n " A " 1 a\n", -1, NULL },
		{ "Suite: x\n", -1, NULL },
		{ "", -1, NULL },
		{ "SHA256:\n " A " 1 a\nSHA256:\n " B " 1 a\n", -1, NULL },
		{ "SHA256:\n " A " 1\n", -1, NULL },
		{ "SHA256:\n " A " 1 a b\n", -1, NULL },
		{ "SHA256:\n " A "a 1 a\n", -1, NULL },
		{ "SHA256:\n " A " -1 a\n", -1, NULL },
		{ "SHA256:\n " A " 12345678901234567 a\n", -1, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(release_file_releasep) struct release_file f = { 0 };
		struct error err = ERROR_INIT;

		if (release_file_parse(cases[i].text, "x_InRelease", &f, &err) < 0) {
			if (cases[i].count >= 0)
				fail_msg("case %zu: %s", i, err.msg);
			unit_assert_error(&err, ERR_FORMAT, "x_InRelease");
			continue;
		}
		if ((int)f.count != cases[i].count)
			fail_msg("case %zu: %zu lists", i, f.count);
		if (f.count)
			assert_string_equal(
				f.lists[f.count - 1].path, cases[i].last_path);
	}
}

static void hashes_and_sizes_are_kept(void **state)
{
	CLEANUP(release_file_releasep) struct release_file f = { 0 };
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(
		release_file_parse("SHA256:\n " A " 17 a\n " B " 0 b\n", "x", &f, &err),
		0);
	assert_string_equal(f.lists[0].sha256, A);
	assert_int_equal(f.lists[0].size_bytes, 17);
	assert_string_equal(f.lists[1].sha256, B);
	assert_int_equal(f.lists[1].size_bytes, 0);
}

static void names_tell_release_files(void **state)
{
	(void)state;
	assert_true(release_file_is_name("h_dists_x_InRelease"));
	assert_true(release_file_is_name("h_dists_x_Release"));
	assert_false(release_file_is_name("h_dists_x_Release.gpg"));
	assert_false(release_file_is_name("h_dists_x_main_binary-amd64_Packages"));
	assert_false(release_file_is_name("Release"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_are_read),
		cmocka_unit_test(hashes_and_sizes_are_kept),
		cmocka_unit_test(names_tell_release_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
