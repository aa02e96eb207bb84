/* SPDX-License-Identifier: GPL-2.0-or-later */
/* This machine's apt puts packages in order. */
#include "distro/debian/order.h"

#include <sys/stat.h>

#include "base/strbuf.h"
#include "unit.h"

#define LIST "apt/state/lists/m.invalid_debian_dists_x_main_binary-amd64_Packages"

/* "app" needs "lib" beforehand; of each there are other versions, and "app" could have
 * "other" in the place of "lib". */
static const struct {
	const char *name, *version, *fields;
	char sha256;
} records[] = {
	{ "app", "1", "Pre-Depends: gone\n", '1' },
	{ "app", "2", "Pre-Depends: other | lib (>= 2)\n", '2' },
	{ "app", "3", "", '6' },
	{ "lib", "1", "", '3' },
	{ "lib", "2", "", '4' },
	{ "other", "1", "", '5' },
};

static void fill_hash(char to[static SHA256_HEX_CHARS + 1], char digit)
{
	memset(to, digit, SHA256_HEX_CHARS);
	to[SHA256_HEX_CHARS] = '\0';
}

static void write_list(const char *scratch)
{
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	char hash[SHA256_HEX_CHARS + 1];

	for (size_t i = 0; i < ARRAY_SIZE(records); i++) {
		fill_hash(hash, records[i].sha256);
		strbuf_addf(&text,
			"Package: %s\nVersion: %s\nArchitecture: amd64\n"
			"Installed-Size: %c00\nMaintainer: none\n%sFilename: "
			"pool/%s.deb\nSize: 1\n"
			"SHA256: %s\n\n",
			records[i].name, records[i].version, records[i].sha256,
			records[i].fields, records[i].name, hash);
	}
	unit_write_file(scratch, LIST, text.data);
}

static void add_package(struct plan *plan, const char *name, char digit)
{
	CLEANUP(freep) char *line = NULL;
	char hash[SHA256_HEX_CHARS + 1];
	struct error err = ERROR_INIT;

	fill_hash(hash, digit);
	line = xasprintf("'http://m.invalid/x' %s_1_amd64.deb 1 SHA256:%s\n", name, hash);
	assert_int_equal(plan_add_uris(plan, line, &err), 0);
}

/* An apt with that list, and what it is asked. */
struct scene {
	struct apt *apt;
	char *lists, *dir;
	struct plan plan;
	struct order_request request;
};

static void scene_releasep(struct scene *s)
{
	(void)apt_free(s->apt);
	plan_release(&s->plan);
	free(s->lists);
	free(s->dir);
}

static struct scene *set_scene(const char *scratch, struct scene *s)
{
	CLEANUP(freep) char *apt_dir = path_join(scratch, "apt");
	CLEANUP(freep) char *keyring = path_join(scratch, "keys.gpg");
	const struct apt_setup setup = {
		.dir = apt_dir, .arch = "amd64", .keyring = keyring
	};
	struct error err = ERROR_INIT;

	unit_write_file(scratch, "keys.gpg", "not empty");
	assert_int_equal(apt_new(&setup, &s->apt, &err), 0);
	write_list(scratch);
	assert_int_equal(apt_set_sources(s->apt,
				 "Types: deb\nURIs: http://m.invalid/debian\nSuites: x\n"
				 "Components: main\n",
				 &err),
		0);
	s->lists = path_join(apt_dir, "state/lists");
	s->dir = path_join(scratch, "with space");
	s->request = (struct order_request){ s->apt, s->lists, s->dir, &s->plan };
	return s;
}

static void apt_knows_only_what_was_chosen(void **state)
{
	CLEANUP(scene_releasep) struct scene s = { 0 };
	CLEANUP(freep) char *text = NULL;
	struct plan *plan = &set_scene(*state, &s)->plan;
	struct error err = ERROR_INIT;
	struct strv none = STRV_INIT;
	uint64_t installed_bytes = 0;

	add_package(plan, "app", '2');
	add_package(plan, "lib", '4');
	if (debian_order(&s.request, &text, &installed_bytes, &err) < 0 ||
		plan_add_order(plan, text, &none, &err) < 0)
		fail_msg("%s %s", err.msg, err.output);
	assert_null(strstr(text, "other"));
	assert_int_equal(installed_bytes, (200 + 400) * 1024);
	assert_string_equal(plan_find(plan, "app")->version, "2");
	assert_string_equal(plan_find(plan, "lib")->version, "2");
	/* lib unpacked, lib configured, app unpacked, app configured. */
	assert_int_equal(plan->step_count, 4);
	assert_string_equal(plan->steps[1].names.items[0], "lib");
	assert_string_equal(plan->steps[2].names.items[0], "app");
}

/* Neither the newer "app" nor "other" is in the plan: so they are nobody's choice, though
 * the list has them. */
static void some_are_chosen_among_a_plans_packages(void **state)
{
	CLEANUP(scene_releasep) struct scene s = { 0 };
	CLEANUP(plan_releasep) struct plan app = { 0 };
	CLEANUP(plan_releasep) struct plan lib = { 0 };
	CLEANUP(strv_releasep) struct strv names = STRV_INIT;
	struct error err = ERROR_INIT;
	bool possible = false;

	add_package(&set_scene(*state, &s)->plan, "app", '2');
	add_package(&s.plan, "lib", '4');
	strv_add(&names, "app");
	if (debian_choose_among(&s.request, &names, &app, &possible, &err) < 0)
		fail_msg("%s %s", err.msg, err.output);
	assert_true(possible);
	assert_int_equal(app.package_count, 2);
	assert_int_equal(plan_find(&app, "app")->sha256[0], '2');
	assert_int_equal(plan_find(&app, "lib")->sha256[0], '4');
	free(names.items[0]);
	names.items[0] = xstrdup("lib");
	assert_int_equal(
		debian_choose_among(&s.request, &names, &lib, &possible, &err), 0);
	assert_int_equal(lib.package_count, 1);
}

static void what_the_plan_does_not_allow_is_no_error(void **state)
{
	static const char *const names[] = { "app", "other" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		CLEANUP(freep) char *scratch = xasprintf("%s/%zu", (char *)*state, i);
		CLEANUP(scene_releasep) struct scene s = { 0 };
		CLEANUP(plan_releasep) struct plan chosen = { 0 };
		CLEANUP(strv_releasep) struct strv wanted = STRV_INIT;
		struct error err = ERROR_INIT;
		bool possible = true;

		assert_int_equal(path_make_dirs(scratch, 0755, &err), 0);
		/* What it needs is on the list, and not in the plan. */
		add_package(&set_scene(scratch, &s)->plan, "app", '2');
		strv_add(&wanted, names[i]);
		if (debian_choose_among(&s.request, &wanted, &chosen, &possible, &err) <
			0)
			fail_msg("%s %s", err.msg, err.output);
		assert_false(possible);
		assert_int_equal(chosen.package_count, 0);
	}
}

static void what_is_on_no_list_is_named(void **state)
{
	CLEANUP(scene_releasep) struct scene s = { 0 };
	struct error err = ERROR_INIT;
	uint64_t installed_bytes;
	char *text = NULL;

	add_package(&set_scene(*state, &s)->plan, "lib", '9');
	assert_int_equal(debian_order(&s.request, &text, &installed_bytes, &err), -1);
	unit_assert_error(&err, ERR_FORMAT, "'lib', which is on no list");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(apt_knows_only_what_was_chosen),
		SCRATCH_TEST(some_are_chosen_among_a_plans_packages),
		SCRATCH_TEST(what_the_plan_does_not_allow_is_no_error),
		SCRATCH_TEST(what_is_on_no_list_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
