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
		cmocka_unit_test(what_is_none_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
