/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vm/qmp_message.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "base/cleanup.h"

static void messages_are_told_apart(void **state)
{
	static const struct {
		const char *line;
		struct qmp_message message;
	} cases[] = {
		{ "{\"QMP\": {\"version\": {}, \"capabilities\": [\"oob\"]}}",
			{ .kind = QMP_GREETING } },
		{ "{\"return\": {}, \"id\": 7}\r", { .kind = QMP_RETURN, .id = 7 } },
		{ "{\"return\": {}}", { .kind = QMP_RETURN } },
		{ "{\"id\": 3, \"error\": {\"class\": \"GenericError\", \"desc\": "
		  "\"no\"}}",
			{ .kind = QMP_ERROR, .id = 3, .text = "no" } },
		{ "{\"event\": \"RESET\", \"data\": {\"guest\": true, \"reason\": "
		  "\"x\"}}",
			{ .kind = QMP_EVENT, .text = "RESET", .by_guest = true } },
		{ "{\"event\": \"SHUTDOWN\", \"data\": {\"guest\": true, \"reason\": "
		  "\"guest-reset\"}}",
			{ .kind = QMP_EVENT,
				.text = "SHUTDOWN",
				.by_guest = true,
				.by_reset = true } },
		{ "{\"event\": \"SHUTDOWN\", \"data\": {\"reason\": [1]}}",
			{ .kind = QMP_EVENT, .text = "SHUTDOWN" } },
		{ "{\"event\": \"SHUTDOWN\", \"data\": {\"guest\": false}}",
			{ .kind = QMP_EVENT, .text = "SHUTDOWN" } },
		{ "{\"event\": \"STOP\"}", { .kind = QMP_EVENT, .text = "STOP" } },
		/* Lies. */
		{ "{}", { .kind = QMP_OTHER } },
		{ "{\"return\": {}, \"id\": -1}", { .kind = QMP_RETURN } },
		{ "{\"return\": {}, \"id\": \"7\"}", { .kind = QMP_RETURN } },
		{ "{\"error\": 5}", { .kind = QMP_ERROR } },
		{ "{\"error\": {\"desc\": [1]}}", { .kind = QMP_ERROR } },
		{ "{\"event\": {}}", { .kind = QMP_EVENT } },
		{ "{\"event\": \"RESET\", \"data\": [true]}",
			{ .kind = QMP_EVENT, .text = "RESET" } },
		{ "{\"event\": \"RESET\", \"data\": {\"guest\": 1}}",
			{ .kind = QMP_EVENT, .text = "RESET" } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct qmp_message *want = &cases[i].message;
		struct qmp_message got;
		struct error err = ERROR_INIT;

		if (qmp_message_parse(cases[i].line, strlen(cases[i].line), &got, &err) <
			0)
			fail_msg("%s: %s", cases[i].line, err.msg);
		assert_int_equal(got.kind, want->kind);
		assert_int_equal(got.id, want->id);
		assert_string_equal(got.text, want->text);
		assert_int_equal(got.by_guest, want->by_guest);
		assert_int_equal(got.by_reset, want->by_reset);
	}
}

static void nonsense_is_refused(void **state)
{
	static const char *const lines[] = { "", "x", "[1]", "\"QMP\"",
		"{\"QMP\":", "{} {}", "{\"a\": 1e999}", "null",
		"{\"id\": 99999999999999999999}", "{\"\\ud800\": 1}" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct qmp_message got = { .id = 77 };
		struct error err = ERROR_INIT;

		if (qmp_message_parse(lines[i], strlen(lines[i]), &got, &err) == 0)
			fail_msg("%s was taken", lines[i]);
		assert_int_equal(err.code, ERR_FORMAT);
		assert_int_equal(got.id, 77);
	}
}

static void long_texts_are_cut(void **state)
{
	char line[4096] = "{\"event\": \"";
	struct qmp_message got;
	struct error err = ERROR_INIT;

	(void)state;
	memset(line + strlen(line), 'x', 3000);
	strcat(line, "\"}");
	assert_int_equal(qmp_message_parse(line, strlen(line), &got, &err), 0);
	assert_int_equal(strlen(got.text), sizeof(got.text) - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_are_told_apart),
		cmocka_unit_test(nonsense_is_refused),
		cmocka_unit_test(long_texts_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
