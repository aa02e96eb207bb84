/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/manifest_lock.h"

#include "recipe_support.h"

#define HASH "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
#define RECIPE                                                                       \
	"\"recipe\": {\"distro\": \"debian\", \"release\": \"bookworm\", \"arch\": " \
	"\"x86_64\"}"
#define PACKAGE(name, more) \
	"{\"name\": \"" name "\", \"version\": \"1:2-3\", \"arch\": \"all\"" more "}"
#define MANIFEST(packages)                                                              \
	"{\"manifest\": 1, " RECIPE ", \"epoch\": 1700000000, \"packages\": [" packages \
	"]}"

static const char recipe_text[] = "name: test\ndistro: debian\nrelease: bookworm\n";

static int parse(
	const char *dir, const char *text, struct distro_lock *ret, struct error *err)
{
	CLEANUP(recipe_freep) struct recipe *r = load_good(dir, recipe_text, NULL);

	return manifest_lock_parse(text, strlen(text), "m.json", r, ret, err);
}

static void packages_and_date_are_read(void **state)
{
	CLEANUP(distro_lock_releasep) struct distro_lock lock = { 0 };
	struct error err = ERROR_INIT;

	assert_int_equal(
		parse(*state,
			MANIFEST(PACKAGE("a",
				", \"uri\": \"http://m/a.deb\", \"sha256\": \"" HASH
				"\", \"size_bytes\": 7") ", " PACKAGE("b", "")),
			&lock, &err),
		0);
	assert_int_equal(lock.epoch_s, 1700000000);
	assert_int_equal(lock.packages.count, 2);
	assert_string_equal(lock.packages.items[0].version, "1:2-3");
	assert_string_equal(lock.packages.items[0].sha256, HASH);
	assert_int_equal(lock.packages.items[0].size_bytes, 7);
	assert_null(lock.packages.items[1].uri);
}

static void what_is_no_manifest_is_refused(void **state)
{
	static const struct {
		const char *text;
		enum err_code code;
		const char *says;
	} cases[] = {
		{ "", ERR_FORMAT, "'m.json' is not JSON: 1:0" },
		{ "{", ERR_FORMAT, "'m.json' is not JSON: 1:" },
		{ "[]", ERR_FORMAT, "no manifest of version 1" },
		{ "{\"manifest\": 2}", ERR_FORMAT, "no manifest of version 1" },
		{ "{\"manifest\": 1, \"manifest\": 1}", ERR_FORMAT, "duplicate" },
		{ "{\"manifest\": 1}", ERR_FORMAT, "does not say of which distro" },
		{ "{\"manifest\": 1, \"recipe\": {\"distro\": \"debian\", \"release\": "
		  "\"trixie\"}}",
			ERR_RECIPE, "is of release 'trixie', the recipe of 'bookworm'" },
		{ "{\"manifest\": 1, " RECIPE "}", ERR_FORMAT,
			"no packages, or no epoch" },
		{ MANIFEST(""), ERR_FORMAT, "no packages, or no epoch" },
		{ MANIFEST("7"), ERR_FORMAT, "package number 1" },
		{ MANIFEST(PACKAGE("", "")), ERR_FORMAT, "package number 1" },
		{ MANIFEST(PACKAGE("a\\nPin: x", "")), ERR_FORMAT, "package number 1" },
		{ MANIFEST(PACKAGE("a", "") ", " PACKAGE("b", ", \"uri\": \"x\"")),
			ERR_FORMAT, "package number 2" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct distro_lock lock = { 0 };
		struct error err = ERROR_INIT;

		if (parse(*state, cases[i].text, &lock, &err) == 0)
			fail_msg("taken: %s", cases[i].text);
		unit_assert_error(&err, cases[i].code, cases[i].says);
		assert_null(lock.packages.items);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(packages_and_date_are_read),
		SCRATCH_TEST(what_is_no_manifest_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
