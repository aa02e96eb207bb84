/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/size.h"

#include "unit.h"

static void sizes_are_read(void **state)
{
	static const struct {
		const char *text;
		uint64_t bytes;
	} cases[] = {
		{ "0", 0 },
		{ "1048576", MIB },
		{ "17B", 17 },
		{ "8K", 8 * KIB },
		{ "8k", 8 * KIB },
		{ "8KiB", 8 * KIB },
		{ "512MiB", 512 * MIB },
		{ "8G", 8 * GIB },
		{ "8 GiB", 8 * GIB },
		{ "2T", 2048 * GIB },
		{ "007B", 7 },
		{ "65537", 65537 },
		{ "1048575B", MIB - 1 },
		{ "21474836480", 20 * GIB },
		{ "16777215T", UINT64_C(16777215) << 40 },
		{ "18446744073709551615", UINT64_MAX },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t bytes = 1234567;

		if (!size_parse(cases[i].text, &bytes) || bytes != cases[i].bytes)
			fail_msg("'%s' gives %llu", cases[i].text,
				(unsigned long long)bytes);
	}
}

static void what_is_no_size_is_refused(void **state)
{
	static const char *const cases[] = { "", " ", "G", "-1", "+1", " 1", "1.5G",
		"1e3", "0x10", "8X", "8Gi", "8GiBs", "8 G B", "1\xc2\xa0G", "1{", "1 \n",
		"8GG", "8GB", "1", "20", "007", "65536", "8kb", "18446744073709551616",
		"16777216T", "99999999999999999999999999" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t bytes = 77;

		if (size_parse(cases[i], &bytes))
			fail_msg("'%s' was taken", cases[i]);
		assert_int_equal(bytes, 77);
	}
}

static void a_refusal_says_what_to_write(void **state)
{
	static const struct {
		const char *text, *refusal;
	} cases[] = {
		{ "20", "has no unit; write 20G, or 20B for bytes" },
		{ "8X", "is not a size; write it like 512M or 8G" },
		{ "", "is not a size; write it like 512M or 8G" },
		{ "99999999999999999999999999",
			"is not a size; write it like 512M or 8G" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;

		size_add_refusal(cases[i].text, &text);
		assert_string_equal(text.data, cases[i].refusal);
	}
}

static void sizes_are_shown(void **state)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} cases[] = {
		{ 0, "0 B" },
		{ 17, "17 B" },
		{ 999, "999 B" },
		{ 1000, "1000 B" },
		{ 1023, "1023 B" },
		{ 1024, "1.00 KiB" },
		{ 1536, "1.50 KiB" },
		{ 10 * KIB - 6, "9.99 KiB" },
		{ 10 * KIB - 5, "10.0 KiB" },
		{ 100 * KIB - 52, "99.9 KiB" },
		{ 100 * KIB - 51, "100 KiB" },
		{ 512 * KIB, "512 KiB" },
		{ MIB - 513, "1023 KiB" },
		{ MIB - 512, "1.00 MiB" },
		{ MIB - 1, "1.00 MiB" },
		{ 3 * GIB / 2, "1.50 GiB" },
		{ 8 * GIB, "8.00 GiB" },
		{ 1024 * GIB - 1, "1.00 TiB" },
		{ UINT64_C(1) << 50, "1024 TiB" },
		{ UINT64_MAX, "16777216 TiB" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char buf[16];

		assert_string_equal(size_format(cases[i].bytes, buf), cases[i].text);
	}
}

static void rounding_goes_up_to_the_next_unit(void **state)
{
	static const struct {
		uint64_t n, unit, to;
	} cases[] = {
		{ 0, 512, 0 },
		{ 1, 512, 512 },
		{ 512, 512, 512 },
		{ 513, 512, 1024 },
		{ 7, 3, 9 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(round_up(cases[i].n, cases[i].unit), cases[i].to);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_are_read),
		cmocka_unit_test(what_is_no_size_is_refused),
		cmocka_unit_test(a_refusal_says_what_to_write),
		cmocka_unit_test(sizes_are_shown),
		cmocka_unit_test(rounding_goes_up_to_the_next_unit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
