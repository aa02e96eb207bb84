/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/server_clock.h"

#include "unit.h"

static const char *format_date(char *buf, size_t room, int64_t ahead_s)
{
	time_t then = (time_t)(time(NULL) + ahead_s);

	(void)strftime(buf, room, "%a, %d %b %Y %H:%M:%S GMT", gmtime(&then));
	return buf;
}

static void only_what_matters_is_corrected(void **state)
{
	static const struct {
		int64_t server_ahead_s, signed_ahead_s;
		bool corrected;
	} cases[] = {
		{ 0, 0, false },
		{ 200, 0, false },
		{ -200, 0, false },
		{ 300, 0, true },
		{ -7200, 0, true },
		{ 7200, 7200, false },
		{ 0, 7200, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct server_clock c = { .ahead_s = cases[i].signed_ahead_s };
		int64_t expected = cases[i].corrected ? cases[i].server_ahead_s
						      : cases[i].signed_ahead_s;
		char date[40];

		format_date(date, sizeof(date), cases[i].server_ahead_s);
		assert_int_equal(server_clock_correct(&c, cases[i].signed_ahead_s, date),
			cases[i].corrected);
		/* A second may have passed since the date was made. */
		assert_in_range(c.ahead_s - expected + 3, 0, 6);
	}
}

/* Two that were signed before the first answer came are both to be sent again. */
static void late_answers_are_judged_by_their_signature(void **state)
{
	struct server_clock c = { 0 };
	char date[40];

	(void)state;
	format_date(date, sizeof(date), 3600);
	assert_true(server_clock_correct(&c, 0, date));
	assert_true(server_clock_correct(&c, 0, date));
	assert_false(server_clock_correct(&c, c.ahead_s, date));
}

static void what_is_no_date_is_ignored(void **state)
{
	static const char *const dates[] = { NULL, "", "x", "Sat, 21 Nov 2020 20:00:00",
		"Sat, 21 Nov 2020 20:00:00 GMT x", "2020-11-21T20:00:00Z",
		"Sat, 32 Nov 2020 20:00:00 GMT" };
	struct server_clock c = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(dates); i++)
		assert_false(server_clock_correct(&c, 0, dates[i]));
	assert_int_equal(c.ahead_s, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_matters_is_corrected),
		cmocka_unit_test(late_answers_are_judged_by_their_signature),
		cmocka_unit_test(what_is_no_date_is_ignored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
