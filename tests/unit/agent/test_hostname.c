/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "init/hostname.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#define LABEL63 "a12345678901234567890123456789012345678901234567890123456789012"

static void names_are_taken(void **state)
{
	static const struct {
		const char *value;
		const char *fqdn;
		const char *short_name;
	} cases[] = {
		{ "ip-10-0-0-7.ec2.internal", "ip-10-0-0-7.ec2.internal", "ip-10-0-0-7" },
		{ "ip-10-0-0-7.a.com b.com\n", "ip-10-0-0-7.a.com", "ip-10-0-0-7" },
		{ "i-0123456789.us-east-1.compute.internal.",
			"i-0123456789.us-east-1.compute.internal", "i-0123456789" },
		{ "Host", "Host", "Host" },
		{ "10.0.0.7", "ip-10-0-0-7", "ip-10-0-0-7" },
		{ "10.0.0.7.x", "10.0.0.7.x", "10" },
		{ LABEL63 ".x", LABEL63 ".x", LABEL63 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct hostname n;

		assert_true(hostname_take(cases[i].value, strlen(cases[i].value), &n));
		assert_string_equal(n.fqdn, cases[i].fqdn);
		assert_string_equal(n.short_name, cases[i].short_name);
	}
}

static void what_is_no_name_is_refused(void **state)
{
	static const char *const values[] = { "", " ", ".", "a..b", ".a", "-a", "a-",
		"a_b", "a/b", "$(reboot)",
		"a\x01"
		"b",
		LABEL63 "x", "h\xc3\xb6st", "a.b-.c" };
	char huge[300], with_nul[] = "a\0b";
	struct hostname n = { .fqdn = "untouched" };

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		if (hostname_take(values[i], strlen(values[i]), &n))
			fail_msg("'%s' was taken", values[i]);
	memset(huge, 'a', sizeof(huge));
	for (size_t i = 10; i < sizeof(huge); i += 10)
		huge[i] = '.';
	assert_true(hostname_take(huge, 253, &n));
	assert_false(hostname_take(huge, 255, &n));
	assert_false(hostname_take(with_nul, 3, &n));
}

static void hosts_get_their_line(void **state)
{
	static const struct {
		const char *before;
		const char *after;
	} cases[] = {
		{ "", "127.0.1.1\tf.x f\n" },
		{ "127.0.0.1\tlocalhost\n::1 localhost\n",
			"127.0.0.1\tlocalhost\n127.0.1.1\tf.x f\n::1 localhost\n" },
		{ "127.0.0.1 localhost", "127.0.0.1 localhost\n127.0.1.1\tf.x f\n" },
		{ "127.0.1.1 old\n127.0.0.1 localhost\n",
			"127.0.1.1\tf.x f\n127.0.0.1 localhost\n" },
		{ "127.0.0.1 localhost\n# x\n127.0.1.1 old old.x\n10.0.0.1 other\n",
			"127.0.0.1 localhost\n# x\n127.0.1.1\tf.x f\n10.0.0.1 other\n" },
		{ "127.0.1.10 other\n#127.0.1.1 x\n\n",
			"127.0.1.10 other\n#127.0.1.1 x\n\n127.0.1.1\tf.x f\n" },
		{ "127.0.0.1\n127.0.0.1 a\n127.0.0.1 b\n",
			"127.0.0.1\n127.0.0.1 a\n127.0.1.1\tf.x f\n127.0.0.1 b\n" },
	};
	static const struct hostname name = { "f.x", "f" };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char once[256], twice[256];
		struct text t = TEXT_IN(once);

		hostname_edit_hosts(cases[i].before, &name, &t);
		assert_string_equal(once, cases[i].after);
		t = TEXT_IN(twice);
		hostname_edit_hosts(once, &name, &t);
		assert_string_equal(twice, once);
	}
}

static void a_name_without_domain_stands_once(void **state)
{
	static const struct hostname name = { "f", "f" };
	char to[64];
	struct text t = TEXT_IN(to);

	(void)state;
	hostname_edit_hosts("", &name, &t);
	assert_string_equal(to, "127.0.1.1\tf\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_taken),
		cmocka_unit_test(what_is_no_name_is_refused),
		cmocka_unit_test(hosts_get_their_line),
		cmocka_unit_test(a_name_without_domain_stands_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
