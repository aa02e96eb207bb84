/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/debian/apt_meter.h"

#include "unit.h"

struct listener {
	struct progress progress;
	uint64_t done, total;
	int amounts, outputs;
};

static void listen_to(struct progress *p, const struct progress_event *e)
{
	struct listener *l = (struct listener *)p;

	if (e->kind == PROGRESS_OUTPUT)
		l->outputs++;
	if (e->kind != PROGRESS_AMOUNT)
		return;
	l->amounts++;
	l->done = e->done;
	l->total = e->total;
}

static void what_has_come_is_counted(void **state)
{
	static const struct {
		const char *line;
		uint64_t done;
	} lines[] = {
		{ "Get:1 http://m bookworm/main amd64 a amd64 1 [152 kB]", 0 },
		{ "Get:2 http://m bookworm/main amd64 b amd64 1 [26.7 MB]", 152000 },
		{ "Get:3 http://m bookworm/main amd64 c amd64 1 [999 B]", 26852000 },
		{ "Get:4 http://m bookworm/main amd64 d amd64 1 [1.5 GB]", 26852999 },
		{ "Get:5 http://m bookworm/main amd64 e amd64 1 [1 B]", 30000000 },
	};
	struct listener l = { .progress = { listen_to } };
	struct apt_meter m = { .progress = &l.progress, .total_bytes = 30000000 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		apt_meter_line(lines[i].line, &m);
		assert_int_equal(l.done, lines[i].done);
		assert_int_equal(l.total, 30000000);
	}
	assert_int_equal(l.outputs, ARRAY_SIZE(lines));
}

static void other_lines_only_pass_through(void **state)
{
	static const char *const lines[] = { "", "Get:", "Get:1 x", "Get:1 x []",
		"Get:1 x [kB]", "Get:1 x [-5 kB]", "Get:1 x [1e300 GB]",
		"Get:1 x [nan kB]", "Get:1 x [5 XB]", "Err:1 x [5 kB]",
		"Fetched 9 kB in 1s [5 kB]" };
	struct listener l = { .progress = { listen_to } };
	struct apt_meter m = { .progress = &l.progress, .total_bytes = 1 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		apt_meter_line(lines[i], &m);
	assert_int_equal(l.amounts, 0);
	assert_int_equal(l.outputs, ARRAY_SIZE(lines));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_has_come_is_counted),
		cmocka_unit_test(other_lines_only_pass_through),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
