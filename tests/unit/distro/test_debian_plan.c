/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/debian/plan.h"

#include "unit.h"

#define HASH "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"

static const char uris[] =
	"'http://m/pool/main/b/base/base_1_all.deb' base_1_all.deb 10 SHA256:" HASH "\n"
	"'http://m/pool/main/a/a/a_1%2b2_amd64.deb' a_1+2_amd64.deb 20 SHA256:" HASH "\n"
	"noise\n"
	"'http://m/pool/main/b/b/b_1%3a1_amd64.deb' b_1%3a1_amd64.deb 30 SHA256:" HASH
	"\n";

static const char order[] = "Inst base (1 Debian:12/stable [all])\n"
			    "Conf base (1 Debian:12/stable [all])\n"
			    "Inst a (1+2 Debian:12/stable [amd64])\n"
			    "Inst b:amd64 (1:1 Debian:12/stable [amd64]) []\n"
			    "noise\n"
			    "Conf b:amd64 (1:1 Debian:12/stable [amd64])\n"
			    "Conf a (1+2 Debian:12/stable [amd64])\n";

static void apts_lists_become_a_plan(void **state)
{
	CLEANUP(plan_releasep) struct plan p = { 0 };
	CLEANUP(strv_releasep) struct strv essential = STRV_INIT;
	struct error err = ERROR_INIT;

	(void)state;
	strv_add(&essential, "base");
	assert_int_equal(plan_add_uris(&p, uris, &err), 0);
	assert_int_equal(plan_add_order(&p, order, &essential, &err), 0);

	assert_int_equal(p.package_count, 3);
	assert_int_equal(plan_total_bytes(&p), 60);
	assert_true(plan_find(&p, "base")->essential);
	assert_false(plan_find(&p, "a")->essential);
	assert_string_equal(plan_find(&p, "a")->file, "a_1+2_amd64.deb");
	assert_string_equal(
		plan_find(&p, "b")->uri, "http://m/pool/main/b/b/b_1%3a1_amd64.deb");
	assert_string_equal(plan_find(&p, "b")->sha256, HASH);
	assert_string_equal(plan_find(&p, "b")->version, "1:1");
	assert_string_equal(plan_find(&p, "a")->version, "1+2");
	assert_null(plan_find(&p, "c"));

	assert_int_equal(p.step_count, 2);
	assert_false(p.steps[0].configure);
	assert_int_equal(p.steps[0].names.count, 2);
	assert_string_equal(p.steps[0].names.items[0], "a");
	assert_string_equal(p.steps[0].names.items[1], "b");
	assert_true(p.steps[1].configure);
	assert_string_equal(p.steps[1].names.items[0], "b");
	assert_string_equal(p.steps[1].names.items[1], "a");
}

static void what_the_base_has_is_left_out(void **state)
{
	static const char base_uris[] =
		"'http://m/base_1_all.deb' base_1_all.deb 10 SHA256:" HASH "\n"
		"'http://m/b_1_amd64.deb' b_1_amd64.deb 30 SHA256:" HASH "\n";
	CLEANUP(plan_releasep) struct plan p = { 0 };
	CLEANUP(plan_releasep) struct plan base = { 0 };
	struct strv none = STRV_INIT;
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(plan_add_uris(&p, uris, &err), 0);
	assert_int_equal(plan_add_order(&p, order, &none, &err), 0);
	assert_int_equal(plan_add_uris(&base, base_uris, &err), 0);
	plan_skip(&p, &base);
	assert_int_equal(p.package_count, 3);
	assert_int_equal(p.step_count, 2);
	assert_int_equal(p.steps[0].names.count, 1);
	assert_string_equal(p.steps[0].names.items[0], "a");
	assert_true(p.steps[1].configure);
	assert_string_equal(p.steps[1].names.items[0], "a");
	plan_skip(&p, &p);
	assert_int_equal(p.step_count, 0);
}

/* Whatever apt's order: it is the same text for the same packages. */
static void some_are_chosen_of_a_plan(void **state)
{
	CLEANUP(plan_releasep) struct plan p = { 0 };
	CLEANUP(plan_releasep) struct plan some = { 0 };
	CLEANUP(plan_releasep) struct plan all = { 0 };
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(plan_add_uris(&p, uris, &err), 0);
	assert_int_equal(plan_copy_chosen(&p,
				 "Inst b (1 x [amd64])\nInst a (2 x [amd64])\n"
				 "Conf b (1 x [amd64])\nConf a (2 x [amd64])\n",
				 &some, &err),
		0);
	assert_int_equal(some.package_count, 2);
	assert_string_equal(some.packages[0].name, "a");
	assert_string_equal(some.packages[1].name, "b");
	assert_string_equal(some.packages[1].sha256, plan_find(&p, "b")->sha256);
	assert_int_equal(some.packages[1].size_bytes, plan_find(&p, "b")->size_bytes);
	plan_copy_packages(&p, &all);
	assert_int_equal(all.package_count, 3);
	assert_string_equal(all.packages[0].name, "a");
	assert_string_equal(all.packages[2].name, "base");
	assert_int_equal(plan_copy_chosen(&some, "Inst base (1 x)\n", &all, &err), -1);
	unit_assert_error(&err, ERR_FORMAT, "'base', which it was not shown");
}

static void strange_lines_are_refused(void **state)
{
	static const struct {
		const char *line;
		enum err_code code;
	} cases[] = {
		{ "'http://m/x", ERR_FORMAT },
		{ "'http://m/x'", ERR_FORMAT },
		{ "'http://m/x' x_1.deb", ERR_FORMAT },
		{ "'http://m/x' ../x_1.deb 1 SHA256:" HASH, ERR_FORMAT },
		{ "'http://m/x' a/x_1.deb 1 SHA256:" HASH, ERR_FORMAT },
		{ "'http://m/x' .x_1.deb 1 SHA256:" HASH, ERR_FORMAT },
		{ "'http://m/x' -x_1.deb 1 SHA256:" HASH, ERR_FORMAT },
		{ "'http://m/x' x_1.txt 1 SHA256:" HASH, ERR_FORMAT },
		{ "'http://m/x' x_1.deb -1 SHA256:" HASH, ERR_FORMAT },
		{ "'http://m/x' x_1.deb 99999999999999999999 SHA256:" HASH, ERR_FORMAT },
		{ "'http://m/x' x_1.deb 1", ERR_UNTRUSTED },
		{ "'http://m/x' x_1.deb 1 MD5Sum:ab69e41d050d255c5aea3c91685f947b",
			ERR_UNTRUSTED },
		{ "'http://m/x' x_1.deb 1 SHA256:abc", ERR_UNTRUSTED },
		{ "'http://m/x' x_1.deb 1 SHA256:" HASH "0", ERR_UNTRUSTED },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(plan_releasep) struct plan p = { 0 };
		struct error err = ERROR_INIT;

		assert_int_equal(plan_add_uris(&p, cases[i].line, &err), -1);
		assert_int_equal(err.code, cases[i].code);
	}
}

static void a_package_from_nowhere_is_refused(void **state)
{
	CLEANUP(plan_releasep) struct plan p = { 0 };
	struct strv none = STRV_INIT;
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(plan_add_order(&p, "Inst ghost (1 x [all])\n", &none, &err), -1);
	unit_assert_error(&err, ERR_FORMAT, "ghost");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(apts_lists_become_a_plan),
		cmocka_unit_test(what_the_base_has_is_left_out),
		cmocka_unit_test(some_are_chosen_of_a_plan),
		cmocka_unit_test(strange_lines_are_refused),
		cmocka_unit_test(a_package_from_nowhere_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
