/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/block_set.h"

#include "aws/ebs.h"
#include "base/size.h"
#include "unit.h"

/* At the edges of the words that it has. */
static const uint64_t some[] = { 0, 1, 63, 64, 127, 128, 191, 192 };

enum { BLOCKS = 193 };

static struct block_set *make_some(void)
{
	struct block_set *s = block_set_new(BLOCKS * (uint64_t)EBS_BLOCK_BYTES);

	for (size_t i = 0; i < ARRAY_SIZE(some); i++) {
		block_set_add(s, some[i]);
		block_set_add(s, some[i]);
	}
	return s;
}

static void what_was_added_is_found_in_order(void **state)
{
	CLEANUP(block_set_freep) struct block_set *s = make_some();
	uint64_t at = 0;
	size_t next = 0;

	(void)state;
	assert_int_equal(block_set_count(s), ARRAY_SIZE(some));
	for (; block_set_seek(s, &at); at++)
		assert_int_equal(at, some[next++]);
	assert_int_equal(next, ARRAY_SIZE(some));
	for (uint64_t i = 0, n = 0; i < BLOCKS; i++) {
		const bool is_in = n < ARRAY_SIZE(some) && some[n] == i;

		assert_int_equal(block_set_has(s, i), is_in);
		n += is_in;
	}
}

static void what_is_behind_the_end_is_not_in_it(void **state)
{
	CLEANUP(block_set_freep) struct block_set *s = make_some();
	uint64_t at = BLOCKS;

	(void)state;
	block_set_add(s, BLOCKS);
	block_set_add(s, UINT64_MAX);
	assert_int_equal(block_set_count(s), ARRAY_SIZE(some));
	assert_false(block_set_has(s, BLOCKS));
	assert_false(block_set_has(s, UINT64_MAX));
	assert_false(block_set_seek(s, &at));
}

static void two_become_one(void **state)
{
	CLEANUP(block_set_freep) struct block_set *s = make_some();
	CLEANUP(block_set_freep) struct block_set *larger = block_set_new(GIB);

	(void)state;
	block_set_add(larger, 64);
	block_set_add(larger, 65);
	block_set_add(larger, 2047);
	block_set_add_all(s, larger);
	assert_int_equal(block_set_count(s), ARRAY_SIZE(some) + 1);
	assert_true(block_set_has(s, 65));
	assert_int_equal(block_set_count(larger), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_added_is_found_in_order),
		cmocka_unit_test(what_is_behind_the_end_is_not_in_it),
		cmocka_unit_test(two_become_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
