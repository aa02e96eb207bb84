/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/plan.h"

#include "base/wrap.h"
#include "core/recipe_schema.h"
#include "json_support.h"
#include "recipe_support.h"

static const char text[] =
	"name: a\ndistro: debian\nrelease: bookworm\nuser: deploy\n"
	"root-password-hash: $6$abcdefgh$0123456789./ABCDEFG\n"
	"packages: [a-rather-long-name-of-a-package, another-rather-long-name, "
	"and-one-more]\n"
	"kernel-args: "
	"x=0123456789012345678901234567890123456789012345678901234567890123456789\n"
	"disk: {boot: [uefi], size: 8G}\n";

static void the_text_fits_and_says_where_values_come_from(void **state)
{
	CLEANUP(recipe_freep) struct recipe *r = load_good(*state, text, NULL);
	CLEANUP(strbuf_releasep) struct strbuf plan = STRBUF_INIT;

	plan_text(r, &plan);
	for (char *line = strtok(plan.data, "\n"); line; line = strtok(NULL, "\n"))
		if (wrap_width(line) > 80)
			fail_msg("%zu columns: %s", wrap_width(line), line);
	strbuf_truncate(&plan, 0);
	plan_text(r, &plan);
	assert_non_null(strstr(plan.data, "\n  user                    deploy"));
	assert_non_null(strstr(plan.data, " r.yaml:4:7\n"));
	assert_non_null(strstr(plan.data, "\n  locale                  C.UTF-8 "));
	assert_non_null(strstr(plan.data, " default\n"));
	assert_non_null(strstr(plan.data, "\n   1. "));
	assert_non_null(strstr(plan.data, "UEFI"));
	assert_null(strstr(plan.data, "BIOS"));
	assert_null(strstr(plan.data, "$6$"));
}

static void a_value_stands_apart_from_its_key(void **state)
{
	CLEANUP(recipe_freep) struct recipe *r = load_good(*state, text, NULL);
	CLEANUP(strbuf_releasep) struct strbuf values = STRBUF_INIT;

	plan_values_text(r, true, &values);
	for (const struct recipe_key *key = recipe_keys; key->path; key++) {
		CLEANUP(freep) char *start = xasprintf("  %s ", key->path);

		if (!strstr(values.data, start))
			fail_msg("nothing between %s and its value", key->path);
	}
}

static void an_intro_leaves_out_what_has_no_value(void **state)
{
	CLEANUP(recipe_freep) struct recipe *r = load_good(*state, text, NULL);
	CLEANUP(strbuf_releasep) struct strbuf all = STRBUF_INIT, some = STRBUF_INIT;

	plan_values_text(r, true, &all);
	plan_values_text(r, false, &some);
	assert_non_null(strstr(all.data, "  mirror "));
	assert_null(strstr(some.data, "  mirror "));
	assert_non_null(strstr(some.data, "  user "));
}

static void the_document_is_json_with_typed_values(void **state)
{
	static const char *const cases[][2] = {
		{ "values/user/value", "\"deploy\"" },
		{ "values/user/origin", "\"recipe\"" },
		{ "values/locale/origin", "\"default\"" },
		{ "values/locale/where", "\"default\"" },
		{ "values/root-password-hash/value", "\"(not shown)\"" },
		{ "values/disk.size/value", "8589934592" },
		{ "values/disk.boot/value", "[\"uefi\"]" },
		{ "values/publish.keep/value", "\"all\"" },
		{ "values/publish.public/value", "false" },
		{ "values/mirror/value", "null" },
		{ "values/image.tags/value", "{}" },
	};
	CLEANUP(recipe_freep) struct recipe *r = load_good(*state, text, NULL);
	CLEANUP(strbuf_releasep) struct strbuf document = STRBUF_INIT;
	CLEANUP(freep) char *steps = NULL;
	struct json j = JSON_PRETTY_INIT(&document);

	plan_json(r, NULL, &j);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(freep) char *value = json_document_at(document.data, cases[i][0]);

		if (!value || strcmp(value, cases[i][1]) != 0)
			fail_msg("%s is %s", cases[i][0], value ? value : "not there");
	}
	for (const struct recipe_key *key = recipe_keys; key->path; key++) {
		CLEANUP(freep) char *path = xasprintf("values/%s/where", key->path);
		CLEANUP(freep) char *where = json_document_at(document.data, path);

		assert_non_null(where);
	}
	steps = json_document_at(document.data, "steps");
	assert_non_null(strstr(steps, "UEFI"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(the_text_fits_and_says_where_values_come_from),
		SCRATCH_TEST(a_value_stands_apart_from_its_key),
		SCRATCH_TEST(an_intro_leaves_out_what_has_no_value),
		SCRATCH_TEST(the_document_is_json_with_typed_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
