/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "init/account.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#define ROOT "root:x:0:0:root:/root:/bin/sh\n"

static void a_user_is_found(void **state)
{
	struct account a;

	(void)state;
	assert_true(account_find(ROOT "administrator:x:1:1::/a:\n"
				      "admin:x:1000:1001:A,,,:/home/admin:/bin/bash\n",
		"admin", &a));
	assert_int_equal(a.owner.uid, 1000);
	assert_int_equal(a.owner.gid, 1001);
	assert_string_equal(a.home, "/home/admin");
	assert_true(account_find(ROOT, "root", &a));
	assert_string_equal(a.home, "/root");
	assert_true(account_find("a:x:1:2::/h", "a", &a));
	assert_string_equal(a.home, "/h");
}

static void what_is_no_user_is_not_taken(void **state)
{
	static const char *const texts[] = { "", ROOT, "x\nadmin", "admin\n", "admin:\n",
		"admin:x:1000:1000::\n", "admin:x:1000:1000:gecos\n",
		"admin:x::1000::/h:\n", "admin:x:-1:1000::/h:\n",
		"admin:x:4294967295:1000::/h:\n", "admin:x:1000:99999999999::/h:\n",
		"admin:x:1000:1000::relative:\n", "admin:x:0x10:1000::/h:\n",
		" admin:x:1000:1000::/h:\n", "badmin:x:1:1::/h:\n",
		"admin:x:1000\n:1000::/h:\n" };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct account a = { .home = "untouched" };

		if (account_find(texts[i], "admin", &a))
			fail_msg("taken: %s", texts[i]);
		assert_string_equal(a.home, "untouched");
	}
}

static void a_home_that_is_too_long_is_refused(void **state)
{
	char text[600] = "admin:x:1:1::/";
	struct account a;
	size_t length = strlen(text);

	(void)state;
	memset(text + length, 'h', FILE_PATH_MOST_BYTES - 2);
	assert_true(account_find(text, "admin", &a));
	text[length + FILE_PATH_MOST_BYTES - 2] = 'h';
	assert_false(account_find(text, "admin", &a));
}

/* The first line counts, as for the C library, also when it is not usable. */
static void the_first_line_counts(void **state)
{
	struct account a;

	(void)state;
	assert_false(account_find("admin:x:no:1::/h:\nadmin:x:1:1::/h:\n", "admin", &a));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_user_is_found),
		cmocka_unit_test(what_is_no_user_is_not_taken),
		cmocka_unit_test(a_home_that_is_too_long_is_refused),
		cmocka_unit_test(the_first_line_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
