/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/workers.h"

#include <pthread.h>
#include <stdatomic.h>

#include "unit.h"

enum { COUNT = 1000, HELPERS = 3, BAD = 5 };

struct visits {
	atomic_int of[COUNT];
};

static int visit(void *userdata, size_t index, struct error *err)
{
	struct visits *v = userdata;

	(void)err;
	atomic_fetch_add(&v->of[index], 1);
	return 0;
}

static void each_index_is_visited_once(void **state)
{
	struct visits v = { 0 };
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(workers_each(HELPERS, COUNT, visit, &v, &err), 0);
	for (size_t i = 0; i < COUNT; i++)
		assert_int_equal(v.of[i], 1);
	assert_int_equal(workers_each(HELPERS, 0, visit, &v, &err), 0);
}

/* Nobody goes on before all are there. */
static int meet(void *userdata, size_t index, struct error *err)
{
	(void)index;
	(void)err;
	(void)pthread_barrier_wait(userdata);
	return 0;
}

static void they_work_at_the_same_time(void **state)
{
	pthread_barrier_t all;
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(pthread_barrier_init(&all, NULL, HELPERS + 1), 0);
	assert_int_equal(workers_each(HELPERS, HELPERS + 1, meet, &all, &err), 0);
	(void)pthread_barrier_destroy(&all);
}

static int fail_at_bad(void *userdata, size_t index, struct error *err)
{
	(void)visit(userdata, index, err);
	return index < BAD ? 0 : error_set(err, ERR_FORMAT, 0, "no %zu", index);
}

static void the_first_error_ends_it(void **state)
{
	struct visits alone = { 0 }, together = { 0 };
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(workers_each(0, COUNT, fail_at_bad, &alone, &err), -1);
	unit_assert_error(&err, ERR_FORMAT, "no 5");
	assert_int_equal(alone.of[BAD], 1);
	assert_int_equal(alone.of[BAD + 1], 0);
	err = (struct error)ERROR_INIT;
	assert_int_equal(workers_each(HELPERS, COUNT, fail_at_bad, &together, &err), -1);
	unit_assert_error(&err, ERR_FORMAT, "no ");
	/* Each of the others has begun one at most. */
	assert_int_equal(together.of[BAD + HELPERS + 1], 0);
}

static void *count_up(void *userdata)
{
	atomic_fetch_add((atomic_int *)userdata, 1);
	return NULL;
}

static void what_was_started_is_waited_for(void **state)
{
	atomic_int count = 0;
	struct workers *w = NULL;
	struct error err = ERROR_INIT;

	(void)state;
	workers_run(HELPERS, count_up, &count);
	assert_int_equal(count, HELPERS + 1);
	assert_int_equal(workers_start(HELPERS, count_up, &count, &w, &err), 0);
	assert_null(workers_join(w));
	assert_int_equal(count, 2 * HELPERS + 1);
	assert_null(workers_join(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_index_is_visited_once),
		cmocka_unit_test(they_work_at_the_same_time),
		cmocka_unit_test(the_first_error_ends_it),
		cmocka_unit_test(what_was_started_is_waited_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
