/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/result.h"

#include "json_support.h"
#include "unit.h"

static struct build_result an_image(void)
{
	struct build_result r = {
		.run_id = xstrdup("20261121t090113z-4f0c9a21be"),
		.name = xstrdup("debian-12"),
		.architecture = xstrdup("x86_64"),
		.boot_mode = xstrdup("uefi-preferred"),
		.path = xstrdup("my disk.raw"),
		.format = xstrdup("raw"),
		.size_bytes = UINT64_C(3) << 30,
		.written_bytes = 512 << 20,
		.sha256 = xstrdup("00ff"),
		.linear = xstrdup("AP8="),
		.manifest = xstrdup("{\"manifest\": 1}"),
		.manifest_path = xstrdup("my disk.raw.manifest.json"),
		.package_count = 203,
		.lint = { .warnings = 2, .notes = 1, .allowed = 3 },
		.verified = true,
	};

	build_result_add_phase(&r, "tree", 31250);
	build_result_add_phase(&r, "verify", 60000);
	return r;
}

static void the_document_has_what_is_promised(void **state)
{
	static const char *const cases[][2] = {
		{ "run_id", "\"20261121t090113z-4f0c9a21be\"" },
		{ "region", "\"local\"" },
		{ "image_id", "null" },
		{ "snapshot_id", "null" },
		{ "name", "\"debian-12\"" },
		{ "architecture", "\"x86_64\"" },
		{ "boot_mode", "\"uefi-preferred\"" },
		{ "path", "\"my disk.raw\"" },
		{ "format", "\"raw\"" },
		{ "size_bytes", "3221225472" },
		{ "written_bytes", "536870912" },
		{ "sha256", "\"00ff\"" },
		{ "packages", "203" },
		{ "download_bytes", "0" },
		{ "lint", "{\"warnings\":2,\"notes\":1,\"allowed\":3}" },
		{ "seconds", "{\"tree\":31.25,\"verify\":60.0}" },
		{ "verified", "true" },
		{ "up_to_date", "false" },
		{ "console", "null" },
		{ "linear", "\"AP8=\"" },
		{ "manifest_path", "\"my disk.raw.manifest.json\"" },
		{ "spdx_path", "null" },
		{ "manifest/manifest", "1" },
	};
	CLEANUP(build_result_releasep) struct build_result r = an_image();
	CLEANUP(strbuf_releasep) struct strbuf document = STRBUF_INIT;
	struct json j = JSON_INIT(&document);

	(void)state;
	build_result_json(&r, &j);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(freep) char *value = json_document_at(document.data, cases[i][0]);

		if (!value || strcmp(value, cases[i][1]) != 0)
			fail_msg("%s is %s", cases[i][0], value ? value : "not there");
	}
}

static void the_summary_ends_with_the_command_that_boots_it(void **state)
{
	CLEANUP(build_result_releasep) struct build_result r = an_image();
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	static const char end[] = "amiwright run 'my disk.raw'\n";

	(void)state;
	build_result_summary(&r, "amiwright", &text);
	assert_string_equal(text.data + text.length_bytes - strlen(end), end);
	assert_non_null(strstr(text.data, "3.00 GiB (3221225472 bytes)"));
	assert_non_null(strstr(text.data, "00ff"));
	assert_non_null(strstr(text.data, "tree 31.2, verify 60.0, total 91.2"));
	assert_non_null(strstr(text.data, "verified  yes"));
	r.verified = false;
	strbuf_truncate(&text, 0);
	build_result_summary(&r, "amiwright", &text);
	assert_non_null(strstr(text.data, "verified  no"));
	assert_null(strstr(text.data, "made  "));
	r.up_to_date = true;
	strbuf_truncate(&text, 0);
	build_result_summary(&r, "amiwright", &text);
	assert_non_null(strstr(text.data, "made      by an earlier build"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_document_has_what_is_promised),
		cmocka_unit_test(the_summary_ends_with_the_command_that_boots_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
