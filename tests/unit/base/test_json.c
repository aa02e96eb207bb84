/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/json.h"

#include "unit.h"

static void write_sample(struct json *j)
{
	json_object_begin(j, NULL);
	json_add_string(j, "name", "debian-12");
	json_add_string(j, "none", NULL);
	json_object_begin(j, "seconds");
	json_add_seconds(j, "tree", 1234);
	json_add_seconds(j, "disk", 5);
	json_object_end(j);
	json_array_begin(j, "list");
	json_add_uint(j, NULL, 0);
	json_add_uint(j, NULL, UINT64_MAX);
	json_object_begin(j, NULL);
	json_object_end(j);
	json_array_begin(j, NULL);
	json_array_end(j);
	json_array_end(j);
	json_add_bool(j, "verified", true);
	json_add_bool(j, "kvm", false);
	json_add_null(j, "nothing");
	json_object_end(j);
}

static void documents_are_written_compact(void **state)
{
	CLEANUP(strbuf_releasep) struct strbuf buf = STRBUF_INIT;
	struct json j = JSON_INIT(&buf);

	(void)state;
	write_sample(&j);
	assert_string_equal(buf.data,
		"{\"name\":\"debian-12\",\"none\":null,\"seconds\":{\"tree\":1.234,"
		"\"disk\":0.005},\"list\":[0,18446744073709551615,{},[]],"
		"\"verified\":true,\"kvm\":false,\"nothing\":null}");
}

static void documents_are_written_for_people(void **state)
{
	CLEANUP(strbuf_releasep) struct strbuf buf = STRBUF_INIT;
	struct json j = JSON_PRETTY_INIT(&buf);

	(void)state;
	write_sample(&j);
	assert_string_equal(buf.data, "{\n"
				      "  \"name\": \"debian-12\",\n"
				      "  \"none\": null,\n"
				      "  \"seconds\": {\n"
				      "    \"tree\": 1.234,\n"
				      "    \"disk\": 0.005\n"
				      "  },\n"
				      "  \"list\": [\n"
				      "    0,\n"
				      "    18446744073709551615,\n"
				      "    {},\n"
				      "    []\n"
				      "  ],\n"
				      "  \"verified\": true,\n"
				      "  \"kvm\": false,\n"
				      "  \"nothing\": null\n"
				      "}");
}

#define WRONG "\xef\xbf\xbd"

static void strings_are_always_valid_utf8(void **state)
{
	static const struct {
		const char *value, *written;
	} cases[] = {
		{ "", "" },
		{ "a\"b\\c/d", "a\\\"b\\\\c/d" },
		{ "\b\f\n\r\t", "\\b\\f\\n\\r\\t" },
		{ "\x01\x1f\x7f", "\\u0001\\u001f\x7f" },
		{ "\xc3\xa4\xe2\x82\xac\xf0\x9f\x90\xa7",
			"\xc3\xa4\xe2\x82\xac\xf0\x9f\x90\xa7" },
		{ "\xef\xbf\xbf\xf4\x8f\xbf\xbf", "\xef\xbf\xbf\xf4\x8f\xbf\xbf" },
		{ "\xff", WRONG },
		{ "a\x80z", "a" WRONG "z" },
		{ "\xc3", WRONG }, /* cut short by the end */
		{ "\xe2\x82", WRONG WRONG },
		{ "\xf0\x9f\x90", WRONG WRONG WRONG },
		{ "\xc3\"", WRONG "\\\"" }, /* cut short by a quote */
		{ "\xc0\x80", WRONG WRONG }, /* overlong */
		{ "\xc1\xbf", WRONG WRONG },
		{ "\xe0\x9f\xbf", WRONG WRONG WRONG },
		{ "\xf0\x8f\xbf\xbf", WRONG WRONG WRONG WRONG },
		{ "\xed\xa0\x80", WRONG WRONG WRONG }, /* a surrogate */
		{ "\xf4\x90\x80\x80", WRONG WRONG WRONG WRONG }, /* beyond U+10FFFF */
		{ "\xf5\x80\x80\x80", WRONG WRONG WRONG WRONG },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(strbuf_releasep) struct strbuf buf = STRBUF_INIT;
		CLEANUP(freep) char *want = xasprintf("\"%s\"", cases[i].written);
		struct json j = JSON_INIT(&buf);

		json_add_string(&j, NULL, cases[i].value);
		assert_string_equal(buf.data, want);
	}
}

static void keys_are_escaped_as_well(void **state)
{
	CLEANUP(strbuf_releasep) struct strbuf buf = STRBUF_INIT;
	struct json j = JSON_INIT(&buf);

	(void)state;
	json_object_begin(&j, NULL);
	json_add_uint(&j, "a\"\n\xff", 1);
	json_object_end(&j);
	assert_string_equal(buf.data, "{\"a\\\"\\n" WRONG "\":1}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(documents_are_written_compact),
		cmocka_unit_test(documents_are_written_for_people),
		cmocka_unit_test(strings_are_always_valid_utf8),
		cmocka_unit_test(keys_are_escaped_as_well),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
