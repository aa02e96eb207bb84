/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "data/crc32.h"

static void test_known(void **state)
{
	static const struct {
		const char *text;
		uint32_t crc;
	} cases[] = {
		{ "", 0 },
		{ "123456789", 0xcbf43926 }, /* the check value of the catalogues */
		{ "The quick brown fox jumps over the lazy dog", 0x414fa339 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(
			crc32_add(0, cases[i].text, strlen(cases[i].text)), cases[i].crc);
}

/* Any cut into two gives the same as the whole. */
static void test_in_pieces(void **state)
{
	uint8_t data[300];
	uint32_t whole;

	(void)state;
	fill_pattern(data, sizeof(data), 1);
	whole = crc32_add(0, data, sizeof(data));
	for (size_t cut = 0; cut <= sizeof(data); cut++)
		assert_int_equal(crc32_add(crc32_add(0, data, cut), data + cut,
					 sizeof(data) - cut),
			whole);
}

static void test_against_zlib(void **state)
{
	static uint8_t data[100000];
	CLEANUP(freep) char *said = NULL, *wanted = NULL;

	fill_pattern(data, sizeof(data), 2);
	scratch_write(*state, "data", data, sizeof(data));
	said = run_in(*state, "python3 -c \"import zlib; "
			      "print(zlib.crc32(open('data', 'rb').read()))\"");
	wanted = xasprintf("%" PRIu32 "\n", crc32_add(0, data, sizeof(data)));
	assert_string_equal(said, wanted);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_in_pieces),
		SCRATCH_TEST(test_against_zlib),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
