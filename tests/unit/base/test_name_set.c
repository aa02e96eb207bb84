/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/name_set.h"

#include <stdio.h>

#include "unit.h"

enum { MANY = 5000 };

static struct name name_of(const char *text)
{
	return (struct name){ text, strlen(text) };
}

static void it_has_what_was_added(void **state)
{
	CLEANUP(name_set_releasep) struct name_set set = NAME_SET_INIT;

	(void)state;
	assert_false(name_set_has(&set, name_of("a")));
	name_set_add(&set, name_of("a"));
	name_set_add(&set, (struct name){ "bcd", 2 });
	name_set_add(&set, name_of("a"));
	name_set_add(&set, name_of(""));
	assert_int_equal(set.count, 3);
	assert_true(name_set_has(&set, name_of("a")));
	assert_true(name_set_has(&set, name_of("bc")));
	assert_true(name_set_has(&set, name_of("")));
	assert_false(name_set_has(&set, name_of("bcd")));
	assert_false(name_set_has(&set, name_of("b")));
}

static void it_grows(void **state)
{
	static char texts[2 * MANY][8];
	CLEANUP(name_set_releasep) struct name_set set = NAME_SET_INIT;

	(void)state;
	for (int i = 0; i < 2 * MANY; i++)
		(void)snprintf(texts[i], sizeof(texts[i]), "n%d", i);
	for (int i = 0; i < MANY; i++)
		name_set_add(&set, name_of(texts[i]));
	assert_int_equal(set.count, MANY);
	for (int i = 0; i < 2 * MANY; i++)
		assert_int_equal(name_set_has(&set, name_of(texts[i])), i < MANY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_has_what_was_added),
		cmocka_unit_test(it_grows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
