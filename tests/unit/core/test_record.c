/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/record.h"

#include "unit.h"

static void what_was_added_is_read(void **state)
{
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	char record[RECORD_MOST_CHARS + 1], longest[RECORD_MOST_CHARS + 1];
	size_t first, second;

	(void)state;
	memset(longest, 'x', RECORD_MOST_CHARS);
	longest[RECORD_MOST_CHARS] = '\0';
	record_add(&text, "one and two");
	record_add(&text, longest);
	first = record_read(text.data, text.length_bytes, record);
	assert_int_equal(first, strlen("01234567 one and two\n"));
	assert_string_equal(record, "one and two");
	second = record_read(text.data + first, text.length_bytes - first, record);
	assert_int_equal(first + second, text.length_bytes);
	assert_string_equal(record, longest);
}

/* The CRC-32C of "123456789" is the check value that RFC 3720's polynomial gives. */
static void the_checksum_is_crc32c(void **state)
{
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;

	(void)state;
	record_add(&text, "123456789");
	assert_string_equal(text.data, "e3069283 123456789\n");
}

static void what_is_torn_or_damaged_is_none(void **state)
{
	static const struct {
		const char *text;
		size_t bytes;
	} cases[] = {
		{ "", 0 },
		{ "\n", 1 },
		{ "e3069283 123456789", 18 },
		{ "e3069283 12345678\n", 18 },
		{ "e3069283 123456780\n", 19 },
		{ "e3069284 123456789\n", 19 },
		{ "E3069283 123456789\n", 19 },
		{ "e3069283-123456789\n", 19 },
		{ "e3069283 1234\0006789\n", 19 },
		{ "00000000 \n", 10 },
	};
	char record[RECORD_MOST_CHARS + 1];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (record_read(cases[i].text, cases[i].bytes, record))
			fail_msg("case %zu was read", i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_added_is_read),
		cmocka_unit_test(the_checksum_is_crc32c),
		cmocka_unit_test(what_is_torn_or_damaged_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
