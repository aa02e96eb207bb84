/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/verify.h"

#include "json_support.h"
#include "unit.h"

/* What may be known when one machine ended early and another was never there. */
static void a_report_of_a_failure_says_what_was_found(void **state)
{
	static const char *const cases[][2] = {
		{ "architecture", "\"x86_64\"" },
		{ "console", "\"a.log\"" },
		{ "boots/0/firmware", "\"bios\"" },
		{ "boots/0/accelerator", "\"tcg\"" },
		{ "boots/0/boot_seconds", "12.5" },
		{ "boots/0/checks/0/passed", "false" },
		{ "boots/0/checks/0/found", "\"2 failed\"" },
		{ "boots/0/failure", "\"it panicked\"" },
		{ "boots/1/firmware", "\"uefi\"" },
		{ "boots/1/accelerator", "null" },
		{ "boots/1/checks", "[]" },
		{ "boots/1/failure", "null" },
	};
	struct verify_check check = { .name = "units", .found = (char[]){ "2 failed" } };
	struct verify_boot boots[] = {
		{ .firmware = VM_BIOS,
			.bus = VM_NVME,
			.started = true,
			.boot_ms = 12500,
			.checks = &check,
			.check_count = 1,
			.failure = (char[]){ "it panicked" } },
		{ .firmware = VM_UEFI, .bus = VM_NVME },
	};
	const struct verify_report report = { .boots = boots,
		.boot_count = ARRAY_SIZE(boots),
		.console = (char[]){ "a.log" },
		.arch = RECIPE_ARCH_X86_64 };
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	struct json json = JSON_INIT(&text);

	(void)state;
	json_object_begin(&json, NULL);
	verify_report_json(&report, &json);
	json_object_end(&json);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(freep) char *value = json_document_at(text.data, cases[i][0]);

		if (!value || strcmp(value, cases[i][1]) != 0)
			fail_msg("%s is %s", cases[i][0], value ? value : "not there");
	}
}

/* A disk that nothing can boot: no machine, no console, and not even an architecture. */
static void nothing_is_known_of_a_disk_that_says_nothing(void **state)
{
	static const struct verify_report nothing = VERIFY_REPORT_INIT;
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	struct json json = JSON_INIT(&text);

	(void)state;
	json_object_begin(&json, NULL);
	verify_report_json(&nothing, &json);
	json_object_end(&json);
	assert_string_equal(
		text.data, "{\"architecture\":null,\"console\":null,\"boots\":[]}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_report_of_a_failure_says_what_was_found),
		cmocka_unit_test(nothing_is_known_of_a_disk_that_says_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
