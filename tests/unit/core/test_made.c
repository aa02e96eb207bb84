/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/made.h"

#include <time.h>

#include "base/clock.h"
#include "unit.h"

static void what_is_young_has_a_moment(void **state)
{
	static const struct {
		int64_t age_s;
		bool is_young;
	} cases[] = { { 0, true }, { 100, true }, { 121, false }, { -100, false } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const uint64_t at_ms = made_at_seconds(time(NULL) - cases[i].age_s);
		const uint64_t age_ms = clock_now_ms() - at_ms;

		assert_int_equal(at_ms != 0, cases[i].is_young);
		if (cases[i].is_young)
			assert_in_range(age_ms, (uint64_t)cases[i].age_s * 1000,
				(uint64_t)cases[i].age_s * 1000 + UNIT_PATIENCE_MS);
	}
}

static void moments_are_read_as_ec2_writes_them(void **state)
{
	char now[32];

	(void)state;
	clock_format_utc(time(NULL), now, sizeof(now));
	assert_int_not_equal(made_at_text(now), 0);
	assert_int_equal(made_at_text("2026-01-01T00:00:00.000Z"), 0);
	assert_int_equal(made_at_text("just now"), 0);
	assert_int_equal(made_at_text(NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_young_has_a_moment),
		cmocka_unit_test(moments_are_read_as_ec2_writes_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
