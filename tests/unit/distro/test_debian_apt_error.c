/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/debian/apt_error.h"

#include "unit.h"

/* What apt 2.6 and 3.0 print, from real failures. */
static const struct {
	const char *output;
	enum err_code code;
	const char *says;
} cases[] = {
	{ "Err:1 http://m/debian bookworm InRelease\n"
	  "  The following signatures were invalid: BADSIG 6ED0E7B82643E131\n"
	  "W: GPG error: http://m/debian bookworm InRelease: The following signatures "
	  "were "
	  "invalid: BADSIG 6ED0E7B82643E131\n"
	  "E: The repository 'http://m/debian bookworm InRelease' is not signed.\n",
		ERR_UNTRUSTED, "GPG error: http://m/debian bookworm InRelease" },
	{ "E: Failed to fetch http://m/debian/pool/main/h/htop/htop_3_amd64.deb  Hash "
	  "Sum "
	  "mismatch\n   Hashes of expected file:\n",
		ERR_UNTRUSTED,
		"http://m/debian/pool/main/h/htop/htop_3_amd64.deb: Hash Sum mismatch" },
	{ "E: Failed to fetch http://m/d/Packages.xz  File has unexpected size (5 != 7). "
	  "Mirror "
	  "sync in progress? [IP: 127.0.0.1 80]\nE: Some index files failed to "
	  "download.\n",
		ERR_UNTRUSTED,
		"http://m/d/Packages.xz: File has unexpected size (5 != 7)" },
	{ "E: Failed to fetch http://m/d/htop.deb  404  Not Found [IP: 127.0.0.1 80]\n",
		ERR_FETCH, "http://m/d/htop.deb: 404  Not Found" },
	{ "Err:1 http://m/debian bookworm InRelease\n  Connection timed out [IP: "
	  "127.0.0.1 1]\n"
	  "E: Failed to fetch http://m/debian/dists/bookworm/InRelease  Connection timed "
	  "out "
	  "[IP: 127.0.0.1 1]\n",
		ERR_FETCH,
		"http://m/debian/dists/bookworm/InRelease: Connection timed out" },
	{ "E: The repository 'http://m/debian nosuch Release' does not have a Release "
	  "file.\n",
		ERR_FETCH, "http://m/debian nosuch Release" },
	{ "E: Release file for http://m/debian/dists/x/InRelease is expired (invalid "
	  "since 3d). "
	  "Updates for this repository will not be applied.\n",
		ERR_UNTRUSTED, "http://m/debian/dists/x/InRelease is expired" },
	{ "E: Release file for http://m/dists/x/InRelease is not valid yet (invalid for "
	  "another "
	  "3d).\n",
		ERR_UNTRUSTED, "clock" },
	{ "E: Unable to locate package htpo\n", ERR_RECIPE, "htpo" },
	{ "E: Package 'mta' has no installation candidate\n", ERR_RECIPE, "'mta'" },
	{ "E: Version '99' for 'htop' was not found\n", ERR_RECIPE, "'99'" },
	{ "The following packages have unmet dependencies:\n a : Conflicts: b\n"
	  "E: Unable to correct problems, you have held broken packages.\n",
		ERR_RECIPE, "cannot be installed together" },
	{ "E: Failed to fetch http://m/d/x.deb  Error writing to file - write (28: No "
	  "space left "
	  "on device)\n",
		ERR_SPACE, "http://m/d/x.deb" },
	{ "something that nobody has thought of\n", ERR_CHILD, "as it was" },
	{ "", ERR_CHILD, "as it was" },
};

static void failures_are_told_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct error err = ERROR_INIT;

		(void)error_set(&err, ERR_CHILD, 100, "as it was");
		error_set_output(&err, cases[i].output, strlen(cases[i].output));
		apt_error_explain(&err);
		unit_assert_error(&err, cases[i].code, cases[i].says);
		assert_string_equal(err.output, cases[i].output);
		assert_null(strstr(err.msg, "[IP:"));
	}
}

static void other_errors_stay_as_they_are(void **state)
{
	struct error err = ERROR_INIT;

	(void)state;
	(void)error_set(&err, ERR_INTERRUPTED, 15, "interrupted");
	error_set_output(&err, "E: Hash Sum mismatch\n", 21);
	apt_error_explain(&err);
	unit_assert_error(&err, ERR_INTERRUPTED, "interrupted");
}

static void unknown_packages_are_named(void **state)
{
	CLEANUP(freep)
	char *name =
		apt_error_unknown_package("x\nE: Unable to locate package htpo\nmore\n");

	(void)state;
	assert_string_equal(name, "htpo");
	assert_null(apt_error_unknown_package("E: something else\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(failures_are_told_apart),
		cmocka_unit_test(other_errors_stay_as_they_are),
		cmocka_unit_test(unknown_packages_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
