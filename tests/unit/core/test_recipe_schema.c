/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/recipe_schema.h"

#include "core/recipe_reference.h"
#include "core/scdoc.h"
#include "recipe_support.h"

#define NAMED "name: a\ndistro: debian\n"

static bool takes_files(const struct recipe_key *key)
{
	return key->kind == RECIPE_FILE || key->kind == RECIPE_DIRECTORY ||
	       key->kind == RECIPE_FILES;
}

static void the_table_is_whole(void **state)
{
	(void)state;
	for (const struct recipe_key *key = recipe_keys; key->path; key++) {
		const char *dot = strchr(key->path, '.');
		CLEANUP(freep)
		char *section =
			dot ? xstrndup(key->path, (size_t)(dot - key->path)) : NULL;

		if (!key->help || !key->example || !key->kind ||
			!(key->required || key->shown || key->fallback))
			fail_msg("%s is not described", key->path);
		if (key->derive && !key->shown)
			fail_msg("%s does not say what its default is", key->path);
		if ((key->kind == RECIPE_WORD || key->kind == RECIPE_WORDS) &&
			!key->words)
			fail_msg("%s has no words", key->path);
		if (key->kind == RECIPE_MAP && !key->check_name)
			fail_msg("%s does not check names", key->path);
		if (section && !recipe_key_is_section(section))
			fail_msg("%s is in no section that is described", key->path);
		assert_int_equal(recipe_key_find(key->path), key - recipe_keys);
	}
	assert_int_equal(recipe_key_find("nothing"), recipe_key_count());
	assert_false(recipe_key_is_section("disk.size"));
}

/* Whoever copies an example gets a recipe that loads. */
static void examples_are_good(void **state)
{
	for (const struct recipe_key *key = recipe_keys; key->path; key++) {
		CLEANUP(strv_releasep) struct strv sets = STRV_INIT;

		if (takes_files(key) || key->kind == RECIPE_SECRET)
			continue;
		strv_addf(&sets, "%s=%s", key->path, key->example);
		recipe_free(load_good(*state, NAMED, &sets));
	}
}

static void environment_names_differ(void **state)
{
	(void)state;
	for (size_t i = 0; i < recipe_key_count(); i++) {
		CLEANUP(strbuf_releasep) struct strbuf name = STRBUF_INIT;

		recipe_key_environment_name(&recipe_keys[i], &name);
		for (size_t n = 0; n < i; n++) {
			CLEANUP(strbuf_releasep) struct strbuf other = STRBUF_INIT;

			recipe_key_environment_name(&recipe_keys[n], &other);
			assert_string_not_equal(name.data, other.data);
		}
	}
}

static void the_nearest_key_is_found(void **state)
{
	static const char *const cases[][2] = { { "packages", "packages" },
		{ "pakcages", "packages" }, { "Name", "name" },
		{ "disk.sizez", "disk.size" }, { "boot", "disk.boot" },
		{ "disk.tags", "image.tags" }, { "publishz", "publish" },
		{ "kernel_args", "kernel-args" }, { "xyzzy", NULL }, { "", NULL } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *near = recipe_key_nearest(cases[i][0]);

		if (!near != !cases[i][1] || (near && strcmp(near, cases[i][1]) != 0))
			fail_msg("'%s' gives '%s'", cases[i][0], near ? near : "nothing");
	}
}

/* What is shown is YAML of the same meaning. */
static void values_can_be_read_again(void **state)
{
	static const char text[] = NAMED "image: {description: \"it's: a #test, [x]\", "
					 "tags: {'a: b': '', 'null': ' c'}}\n"
					 "disk: {size: 1536M, free: 1000B}\npackages: "
					 "[a1, b2]\npublish: {keep: 2}\n";
	CLEANUP(recipe_freep)
	struct recipe *r = load_good(*state, text, NULL), *again = NULL;
	CLEANUP(strv_releasep) struct strv sets = STRV_INIT;

	for (const struct recipe_key *key = recipe_keys; key->path; key++) {
		CLEANUP(strbuf_releasep) struct strbuf value = STRBUF_INIT;

		recipe_value_format(r, key, &value);
		if (strcmp(value.data, "none") != 0)
			strv_addf(&sets, "%s=%s", key->path, value.data);
	}
	again = load_good(*state, NAMED, &sets);
	for (const struct recipe_key *key = recipe_keys; key->path; key++) {
		CLEANUP(strbuf_releasep) struct strbuf a = STRBUF_INIT, b = STRBUF_INIT;

		recipe_value_format(r, key, &a);
		recipe_value_format(again, key, &b);
		assert_string_equal(a.data, b.data);
	}
	assert_string_equal(again->image.description, "it's: a #test, [x]");
	assert_string_equal(again->image.tags.names.items[1], "null");
	assert_string_equal(again->image.tags.values.items[1], " c");
	assert_int_equal(again->disk.size_bytes, 1536 << 20);
	assert_int_equal(again->disk.free_bytes, 1000);
}

static void the_reference_has_every_key(void **state)
{
	CLEANUP(strbuf_releasep)
	struct strbuf markdown = STRBUF_INIT, scdoc = STRBUF_INIT;

	(void)state;
	recipe_reference_markdown(&markdown);
	recipe_reference_scdoc(&scdoc);
	for (const struct recipe_key *key = recipe_keys; key->path; key++) {
		CLEANUP(freep) char *heading = xasprintf("\n### `%s`\n", key->path);
		CLEANUP(freep) char *item = xasprintf("\n*%s*\n\t", key->path);

		if (!strstr(markdown.data, heading) || !strstr(scdoc.data, item))
			fail_msg("%s is missing", key->path);
	}
}

static void markup_is_escaped(void **state)
{
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;

	(void)state;
	scdoc_add_text(&text, "a_b *c* <d> [e] #\\");
	assert_string_equal(text.data, "a\\_b \\*c\\* \\<d\\> \\[e\\] \\#\\\\");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_is_whole),
		SCRATCH_TEST(examples_are_good),
		cmocka_unit_test(environment_names_differ),
		cmocka_unit_test(the_nearest_key_is_found),
		SCRATCH_TEST(values_can_be_read_again),
		cmocka_unit_test(the_reference_has_every_key),
		cmocka_unit_test(markup_is_escaped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
