/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/manifest_image.h"

#include "unit.h"

#define SHA "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f809"

static char *manifest(const char *version, const char *name, const char *arch,
	const char *sha256, const char *loaders)
{
	return xasprintf("{\"manifest\": %s, \"recipe\": {\"name\": \"%s\", \"arch\": "
			 "\"%s\"}, \"disk\": {\"sha256\": \"%s\"}, \"boot\": "
			 "{\"loaders\": [%s]}}",
		version, name, arch, sha256, loaders);
}

static void it_says_what_an_image_is(void **state)
{
	static const struct {
		const char *arch, *loaders, *boot_mode, *name;
	} cases[] = {
		{ "x86_64", "{\"name\": \"boot.img\"}, {\"name\": \"core.img\"}",
			"legacy-bios", "debian-12-x86_64-1a2b3c4d" },
		{ "x86_64", "{\"name\": \"boot.img\"}, {\"name\": \"BOOTX64.EFI\"}",
			"uefi-preferred", "debian-12-x86_64-1a2b3c4d" },
		{ "x86_64", "{\"name\": \"BOOTX64.EFI\"}", "uefi",
			"debian-12-x86_64-1a2b3c4d" },
		{ "arm64", "{\"name\": \"BOOTAA64.EFI\"}", "uefi",
			"debian-12-arm64-1a2b3c4d" },
		{ "arm64", "{}, 7, {\"name\": 7}, {\"name\": \"efi\"}", NULL,
			"debian-12-arm64-1a2b3c4d" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(manifest_image_releasep) struct manifest_image m = { 0 };
		CLEANUP(freep)
		char *text =
			manifest("1", "debian-12", cases[i].arch, SHA, cases[i].loaders);
		struct error err = ERROR_INIT;

		if (manifest_image_parse(text, strlen(text), "m.json", &m, &err) < 0)
			fail_msg("%s", err.msg);
		assert_string_equal(m.architecture, cases[i].arch);
		assert_string_equal(m.family, "debian-12");
		assert_string_equal(m.name, cases[i].name);
		if (cases[i].boot_mode)
			assert_string_equal(m.boot_mode, cases[i].boot_mode);
		else
			assert_null(m.boot_mode);
	}
}

/* With BOOTX64.EFI and boot.img on the disk. */
static char *manifest_with(const char *image)
{
	return xasprintf("{\"manifest\": 1, \"recipe\": {\"name\": \"web\", \"arch\": "
			 "\"x86_64\", \"image\": %s}, \"disk\": {\"sha256\": \"" SHA
			 "\"}, \"boot\": {\"loaders\": [{\"name\": \"boot.img\"}, "
			 "{\"name\": \"BOOTX64.EFI\"}]}}",
		image);
}

static void it_says_what_the_recipe_says_of_the_image(void **state)
{
	CLEANUP(manifest_image_releasep) struct manifest_image m = { 0 }, none = { 0 };
	CLEANUP(freep)
	char *text = manifest_with("{\"description\": \"A \\\"web\\\" server\", "
				   "\"boot_mode\": \"uefi\", \"imds\": \"any\", "
				   "\"tags\": {\"Team\": \"base\", \"Empty\": \"\"}}");
	CLEANUP(freep) char *empty = manifest_with("{}");
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(manifest_image_parse(text, strlen(text), "m", &m, &err), 0);
	assert_string_equal(m.description, "A \"web\" server");
	assert_string_equal(m.boot_mode, "uefi");
	assert_true(m.allows_imds_v1);
	assert_int_equal(m.tags.names.count, 2);
	assert_string_equal(m.tags.names.items[0], "Team");
	assert_string_equal(m.tags.values.items[0], "base");
	assert_string_equal(m.tags.names.items[1], "Empty");
	assert_string_equal(m.tags.values.items[1], "");

	assert_int_equal(manifest_image_parse(empty, strlen(empty), "m", &none, &err), 0);
	assert_null(none.description);
	assert_string_equal(none.boot_mode, "uefi-preferred");
	assert_false(none.allows_imds_v1);
	assert_int_equal(none.tags.names.count, 0);
}

static void what_is_none_is_refused(void **state)
{
	char *cases[] = {
		xstrdup(""),
		xstrdup("{"),
		xstrdup("[]"),
		xstrdup("{\"manifest\": 1}"),
		manifest("2", "debian-12", "x86_64", SHA, ""),
		manifest("1", "", "x86_64", SHA, ""),
		manifest("1", "de*n", "x86_64", SHA, ""),
		manifest("1", "debian-12", "m68k", SHA, ""),
		manifest("1", "debian-12", "x86_64", "1a2b3c4d", ""),
		manifest_with("{\"boot_mode\": \"floppy\"}"),
		manifest_with("{\"imds\": \"v3.0\"}"),
		manifest_with("{\"description\": \"two\\nlines\"}"),
		manifest_with("{\"tags\": {\"amiwright:state\": \"finished\"}}"),
		manifest_with("{\"tags\": {\"Team\": 7}}"),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct manifest_image m = { 0 };
		struct error err = ERROR_INIT;

		if (manifest_image_parse(
			    cases[i], strlen(cases[i]), "m.json", &m, &err) == 0)
			fail_msg("case %zu was taken", i);
		unit_assert_error(&err, ERR_FORMAT, "'m.json'");
		free(cases[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_says_what_an_image_is),
		cmocka_unit_test(it_says_what_the_recipe_says_of_the_image),
		cmocka_unit_test(what_is_none_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
