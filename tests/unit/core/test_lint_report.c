/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/lint_report.h"

#include "core/lint_checks.h"
#include "json_support.h"
#include "lint_support.h"
#include "unit.h"

static const struct lint_file image[] = {
	{ "boot/vmlinuz" },
	{ "usr/bin/cloud-init" },
	{ "usr/bin/growpart" },
	{ "etc/systemd/system/a.wants/chrony.service", .target = "/x" },
	{ "etc/shadow", "root:$6$a$b:1::::::\n" },
	{ "etc/fstab", "/dev/sda1 / ext4\n" },
	{ "var/lib/apt/lists/a list 100%\n\xff", "x" },
	{ "var/log/a \x1b[2J%,\xc3\xa9", "x" },
	{ NULL },
};

static const struct lint_allowed allowed[] = { { "password-set", "the lab's console" } };

/* An error, a warning that is allowed, another one, a note. */
static void make_report(struct lint_report *r)
{
	struct filetree *files;
	struct lint_subject s = { .root = lint_tree_of(image, &files) };
	struct error err = ERROR_INIT;

	if (lint_run(&s, allowed, ARRAY_SIZE(allowed), r, &err) < 0)
		fail_msg("%s", err.msg);
	lint_subject_release(&s);
	filetree_free(files);
}

static void findings_are_counted_and_sorted(void **state)
{
	static const char *const ids[] = { "fstab-device-name", "log-file",
		"password-set", "package-cache" };
	CLEANUP(lint_report_releasep) struct lint_report r = { 0 };

	(void)state;
	make_report(&r);
	assert_int_equal(r.errors, 1);
	assert_int_equal(r.warnings, 1);
	assert_int_equal(r.notes, 1);
	assert_int_equal(r.allowed, 1);
	assert_int_equal(r.count, ARRAY_SIZE(ids));
	for (size_t i = 0; i < ARRAY_SIZE(ids); i++)
		assert_string_equal(r.findings[i].check->id, ids[i]);
}

static void text_is_for_a_terminal(void **state)
{
	static const char wanted[] =
		"error    fstab-device-name /etc/fstab:1\n"
		"         a file system is named by its device, /dev/sda1\n"
		"         remedy: Name it by UUID= or LABEL=.\n"
		"warning  log-file /var/log/a ?[2J%,\xc3\xa9\n"
		"         a log with 1 B is in the image\n"
		"         remedy: Make it empty, or delete it.\n"
		"allowed  password-set /etc/shadow:1\n"
		"         'root' has a password, the same in every instance\n"
		"         allowed: the lab's console\n"
		"note     package-cache /var/lib/apt/lists\n"
		"         packages or lists of packages are in the image: 1 B\n"
		"         remedy: Clean the cache: apt-get clean, dnf clean all.\n"
		"\n"
		"x.raw: 1 error, 1 warning, 1 note, 1 allowed\n";
	CLEANUP(lint_report_releasep) struct lint_report r = { 0 };
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;

	(void)state;
	make_report(&r);
	lint_report_text(&r, "x.raw", &text);
	assert_string_equal(text.data, wanted);
	strbuf_truncate(&text, 0);
	lint_report_text(&(struct lint_report){ 0 }, "x.raw", &text);
	assert_string_equal(text.data, "x.raw: nothing found\n");
}

static void the_document_has_what_is_promised(void **state)
{
	static const char *const cases[][2] = {
		{ "path", "\"x.raw\"" },
		{ "passed", "false" },
		{ "errors", "1" },
		{ "warnings", "1" },
		{ "notes", "1" },
		{ "allowed", "1" },
	};
	static const char first[] =
		"[{\"id\":\"fstab-device-name\",\"severity\":\"error\",\"path\":"
		"\"/etc/fstab\",\"line\":1,\"reason\":\"a file system is named by its "
		"device, /dev/sda1\",\"remedy\":\"Name it by UUID= or LABEL=.\","
		"\"allowed\":null},";
	CLEANUP(lint_report_releasep) struct lint_report r = { 0 };
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	struct json j = JSON_INIT(&text);
	CLEANUP(freep) char *findings = NULL;

	(void)state;
	make_report(&r);
	lint_report_json(&r, "x.raw", &j);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(freep) char *value = json_document_at(text.data, cases[i][0]);

		assert_non_null(value);
		assert_string_equal(value, cases[i][1]);
	}
	findings = json_document_at(text.data, "findings");
	assert_non_null(findings);
	assert_int_equal(strncmp(findings, first, strlen(first)), 0);
	assert_non_null(strstr(findings, "\"allowed\":\"the lab's console\""));
}

/* The rest of the format is checked against its schema, in tests/e2e/test-lint. */
static void places_are_relative_references(void **state)
{
	CLEANUP(lint_report_releasep) struct lint_report r = { 0 };
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	struct json j = JSON_INIT(&text);

	(void)state;
	make_report(&r);
	lint_report_sarif(&r, "x.raw", &j);
	assert_non_null(strstr(text.data, "\"uri\":\"etc/fstab\""));
	assert_non_null(
		strstr(text.data, "\"uri\":\"var/log/a%20%1B%5B2J%25%2C%C3%A9\""));
	assert_non_null(strstr(text.data, "\"justification\":\"the lab's console\""));
}

static void errors_fail_and_name_places(void **state)
{
	CLEANUP(lint_report_releasep) struct lint_report r = { 0 };
	struct error err = ERROR_INIT;

	(void)state;
	make_report(&r);
	assert_int_equal(lint_report_judge(&r, "x.raw", &err), -1);
	assert_int_equal(err.code, ERR_LINT);
	assert_string_equal(err.msg, "x.raw: 1 error: fstab-device-name at /etc/fstab");
	r.errors = 0;
	assert_int_equal(lint_report_judge(&r, "x.raw", &err), 0);
}

static void the_list_fits_a_terminal(void **state)
{
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	size_t column = 0;

	(void)state;
	lint_checks_text(&text);
	for (const char *c = text.data; *c; c++) {
		column = *c == '\n' ? 0 : column + 1;
		assert_true(column <= 80);
	}
	for (const struct lint_check *c = lint_checks; c->id; c++)
		assert_non_null(strstr(text.data, c->id));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(findings_are_counted_and_sorted),
		cmocka_unit_test(text_is_for_a_terminal),
		cmocka_unit_test(the_document_has_what_is_promised),
		cmocka_unit_test(places_are_relative_references),
		cmocka_unit_test(errors_fail_and_name_places),
		cmocka_unit_test(the_list_fits_a_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
