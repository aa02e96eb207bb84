/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/debian/installed.h"

#include "unit.h"

#define HASH "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"

static void make_plan(struct plan *p)
{
	static const char uris[] =
		"'http://m/b_2_amd64.deb' b_1%3a2_amd64.deb 30 SHA256:" HASH "\n"
		"'http://m/c_1_all.deb' c_1_all.deb 40 SHA256:" HASH "\n";
	static const char order[] = "Inst b (1:2 Debian:12/stable [amd64])\n"
				    "Inst c (1 Debian:12/stable [all])\n";
	CLEANUP(strv_releasep) struct strv none = STRV_INIT;
	struct error err = ERROR_INIT;

	assert_int_equal(plan_add_uris(p, uris, &err), 0);
	assert_int_equal(plan_add_order(p, order, &none, &err), 0);
}

static void packages_are_joined_with_what_they_came_from(void **state)
{
	CLEANUP(plan_releasep) struct plan plan = { 0 };
	CLEANUP(distro_packages_releasep) struct distro_packages p = { 0 };
	struct error err = ERROR_INIT;

	(void)state;
	make_plan(&plan);
	assert_int_equal(installed_parse("installed\tb\t1:2\tamd64\tbsrc\t1:2\n"
					 "config-files\told\t1\tall\told\t1\n"
					 "installed\tc\t2\tall\tc\t2\n"
					 "installed\tlocal\t1\tall\tlocal\t1\n",
				 &plan, &p, &err),
		0);
	assert_int_equal(p.count, 3);
	assert_string_equal(p.items[0].version, "1:2");
	assert_string_equal(p.items[0].source, "bsrc");
	assert_string_equal(p.items[0].uri, "http://m/b_2_amd64.deb");
	assert_string_equal(p.items[0].sha256, HASH);
	assert_int_equal(p.items[0].size_bytes, 30);
	/* Another version than the one that was fetched, and one that nobody fetched. */
	assert_null(p.items[1].uri);
	assert_string_equal(p.items[1].sha256, "");
	assert_null(p.items[2].uri);
}

static void strange_lines_are_refused(void **state)
{
	static const char *const cases[] = { "installed\tb\t1\n",
		"installed\t\t1\tall\ts\t1\n", "installed\tb\t\tall\ts\t1\n",
		"installed\tb\t1\tall\ts\t1\tmore\n" };
	struct plan plan = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct distro_packages p = { 0 };
		struct error err = ERROR_INIT;

		assert_int_equal(installed_parse(cases[i], &plan, &p, &err), -1);
		assert_int_equal(err.code, ERR_FORMAT);
		assert_null(p.items);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packages_are_joined_with_what_they_came_from),
		cmocka_unit_test(strange_lines_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
