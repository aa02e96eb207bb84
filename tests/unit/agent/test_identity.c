/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "init/identity.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

static void an_id_is_plain_and_short(void **state)
{
	char to[INSTANCE_ID_MOST_BYTES] = "untouched";
	char longest[INSTANCE_ID_MOST_BYTES + 1];
	static const char *const bad[] = { "", "\n", "i-0 1", "i-0/../x", "i-0\n1", "i_0",
		"i-\xff", "<html>" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(identity_take(bad[i], strlen(bad[i]), to));
	assert_string_equal(to, "untouched");
	assert_true(identity_take("i-0123456789abcdef0\n", 20, to));
	assert_string_equal(to, "i-0123456789abcdef0");
	memset(longest, 'a', sizeof(longest));
	assert_true(identity_take(longest, INSTANCE_ID_MOST_BYTES - 1, to));
	assert_false(identity_take(longest, INSTANCE_ID_MOST_BYTES, to));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(an_id_is_plain_and_short) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
