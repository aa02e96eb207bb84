/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/debian/lock.h"

#include "unit.h"

/* Of a plan or a lock: "NAME VERSION HASH-DIGIT". */
struct entry {
	const char *name, *version;
	char digit;
};

static void fill_hash(char hex[static SHA256_HEX_CHARS + 1], char digit)
{
	memset(hex, digit, SHA256_HEX_CHARS);
	hex[SHA256_HEX_CHARS] = '\0';
}

static void lock_add(struct distro_lock *lock, const struct entry *e)
{
	struct distro_package p = {
		.name = xstrdup(e->name),
		.version = xstrdup(e->version),
		.uri = e->digit ? xstrdup("http://m/x.deb") : NULL,
	};

	fill_hash(p.sha256, e->digit);
	distro_packages_add(&lock->packages, &p);
}

static void plan_add(struct plan *plan, const struct entry *e)
{
	struct plan_package p = { .name = xstrdup(e->name),
		.version = xstrdup(e->version) };

	fill_hash(p.sha256, e->digit);
	array_reserve_one((void **)&plan->packages, plan->package_count,
		&plan->package_room, sizeof(p));
	plan->packages[plan->package_count++] = p;
}

struct lock_case {
	struct entry lock[3], plan[3];
	enum err_code code;
	const char *says;
};

static void differences_are_named(void **state)
{
	static const struct lock_case cases[] = {
		{ { { "a", "1", '1' }, { "b", "2", '2' } },
			{ { "b", "2", '2' }, { "a", "1", '1' } }, ERR_NONE, "" },
		{ { { "a", "1", '1' } }, { { "a", "2", '2' } }, ERR_FETCH,
			"a 1 (now 2)" },
		{ { { "a", "1", '1' } }, { { "a", "1", '2' } }, ERR_FETCH,
			"a 1 (another file has that version now)" },
		{ { { "a", "1", '1' } }, { { "a", "1", '1' }, { "b", "2", '2' } },
			ERR_RECIPE, "needs packages that the manifest has not: b" },
		{ { { "a", "1", '1' }, { "b", "2", '2' } }, { { "a", "1", '1' } },
			ERR_RECIPE, "has packages that the recipe does not need: b" },
		/* What a script has installed is not ours to lock. */
		{ { { "a", "1", '1' }, { "own", "2", 0 } }, { { "a", "1", '1' } },
			ERR_NONE, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(plan_releasep) struct plan plan = { 0 };
		struct distro_lock lock = { 0 };
		struct error err = ERROR_INIT;
		int r;

		for (size_t k = 0; k < 3 && cases[i].lock[k].name; k++)
			lock_add(&lock, &cases[i].lock[k]);
		for (size_t k = 0; k < 3 && cases[i].plan[k].name; k++)
			plan_add(&plan, &cases[i].plan[k]);
		r = debian_lock_compare(&lock, &plan, &err);
		distro_packages_release(&lock.packages);
		assert_int_equal(r, cases[i].code ? -1 : 0);
		unit_assert_error(&err, cases[i].code, cases[i].says);
	}
}

static void long_lists_are_cut(void **state)
{
	struct distro_lock lock = { 0 };
	struct plan plan = { 0 };
	struct error err = ERROR_INIT;

	(void)state;
	for (char name[] = "a"; *name < 'a' + 11; ++*name)
		lock_add(&lock, &(struct entry){ name, "1", '1' });
	assert_int_equal(debian_lock_compare(&lock, &plan, &err), -1);
	distro_packages_release(&lock.packages);
	unit_assert_error(&err, ERR_RECIPE, "need: a, b, c, d, e, f, g, h and 3 more");
}

static void pins_name_each_version(void **state)
{
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	struct distro_lock lock = { 0 };

	(void)state;
	lock_add(&lock, &(struct entry){ "a", "1:2-3", '1' });
	lock_add(&lock, &(struct entry){ "own", "1", 0 });
	debian_lock_pins(&lock, &text);
	distro_packages_release(&lock.packages);
	assert_string_equal(
		text.data, "Package: a\nPin: version 1:2-3\nPin-Priority: 1001\n\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(differences_are_named),
		cmocka_unit_test(long_lists_are_cut),
		cmocka_unit_test(pins_name_each_version),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
