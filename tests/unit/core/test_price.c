/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/price.h"

#include <ctype.h>

#include "unit.h"

static void each_row_has_its_date_and_its_source(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < PRICE_ITEMS; i++) {
		const struct price *p = &prices[i];

		assert_true(p->what && *p->what);
		assert_true(p->source && *p->source);
		assert_true(p->micro_dollars && p->blocks);
		assert_int_equal(strlen(p->date), strlen("2026-11"));
		for (size_t at = 0; p->date[at]; at++)
			assert_true(at == 4 ? p->date[at] == '-'
					    : isdigit((unsigned char)p->date[at]));
		assert_true(strcmp(prices_oldest(), p->date) <= 0);
	}
}

static void what_it_costs_is_rounded_up(void **state)
{
	static const struct {
		enum price_item item;
		uint64_t blocks, micro_dollars;
	} cases[] = {
		{ PRICE_PUT_BLOCKS, 0, 0 },
		{ PRICE_PUT_BLOCKS, 1, 6 },
		{ PRICE_PUT_BLOCKS, 8192, 49152 }, /* 4 GiB: 5 cents */
		{ PRICE_SNAPSHOT_MONTH, 1, 25 },
		{ PRICE_SNAPSHOT_MONTH, 2048, 50000 },
		{ PRICE_COPY, 2049, 20010 },
		{ PRICE_COPY, UINT64_C(65536) * 2048, UINT64_C(65536) * 20000 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(
			price_of(cases[i].item, cases[i].blocks), cases[i].micro_dollars);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_row_has_its_date_and_its_source),
		cmocka_unit_test(what_it_costs_is_rounded_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
