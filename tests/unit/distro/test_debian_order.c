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
			"Maintainer: none\n%sFilename: pool/%s.deb\nSize: 1\n"
			"SHA256: %s\n\n",
			records[i].name, records[i].version, records[i].fields,
			records[i].name, hash);
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

static int ask(
	const char *scratch, const struct plan *plan, char **ret_text, struct error *err)
{
	CLEANUP(apt_freep) struct apt *apt = NULL;
	CLEANUP(freep) char *apt_dir = path_join(scratch, "apt");
	CLEANUP(freep) char *lists = path_join(apt_dir, "state/lists");
	CLEANUP(freep) char *dir = path_join(scratch, "with space");
	CLEANUP(freep) char *keyring = path_join(scratch, "keys.gpg");
	const struct apt_setup setup = {
		.dir = apt_dir, .arch = "amd64", .keyring = keyring
	};

	unit_write_file(scratch, "keys.gpg", "not empty");
	assert_int_equal(apt_new(&setup, &apt, err), 0);
	write_list(scratch);
	assert_int_equal(apt_set_sources(apt,
				 "Types: deb\nURIs: http://m.invalid/debian\nSuites: x\n"
				 "Components: main\n",
				 err),
		0);
	return debian_order(
		&(struct order_request){ apt, lists, dir, plan }, ret_text, err);
}

static void apt_knows_only_what_was_chosen(void **state)
{
	CLEANUP(plan_releasep) struct plan plan = { 0 };
	CLEANUP(freep) char *text = NULL;
	struct error err = ERROR_INIT;
	struct strv none = STRV_INIT;

	add_package(&plan, "app", '2');
	add_package(&plan, "lib", '4');
	if (ask(*state, &plan, &text, &err) < 0 ||
		plan_add_order(&plan, text, &none, &err) < 0)
		fail_msg("%s %s", err.msg, err.output);
	assert_null(strstr(text, "other"));
	assert_string_equal(plan_find(&plan, "app")->version, "2");
	assert_string_equal(plan_find(&plan, "lib")->version, "2");
	/* lib unpacked, lib configured, app unpacked, app configured. */
	assert_int_equal(plan.step_count, 4);
	assert_string_equal(plan.steps[1].names.items[0], "lib");
	assert_string_equal(plan.steps[2].names.items[0], "app");
}

static void what_is_on_no_list_is_named(void **state)
{
	CLEANUP(plan_releasep) struct plan plan = { 0 };
	struct error err = ERROR_INIT;
	char *text = NULL;

	add_package(&plan, "lib", '9');
	assert_int_equal(ask(*state, &plan, &text, &err), -1);
	unit_assert_error(&err, ERR_FORMAT, "'lib', which is on no list");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(apt_knows_only_what_was_chosen),
		SCRATCH_TEST(what_is_on_no_list_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
