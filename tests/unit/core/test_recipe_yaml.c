/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "recipe_support.h"

#include "base/strbuf.h"
#include "core/recipe_node.h"

#define NAMED "name: a\ndistro: debian\n"

static const struct {
	const char *text;
	const char *expected; /* from the line number on */
} cases[] = {
	{ "", "1:1: there is nothing in it" },
	{ "# only a comment\n", "1:1: there is nothing in it" },
	{ "---\n", "1:1: a recipe is a map of keys, not empty" },
	{ "hello\n", "1:1: a recipe is a map of keys, not a single value" },
	{ "- a\n", "1:1: a recipe is a map of keys, not a list" },
	{ NAMED "name: b\n", "3:1: the key 'name' stands twice; the first is in line 1" },
	{ NAMED "disk: {free: 1G, size: 8G, free: 2G}\n",
		"3:28: the key 'free' stands twice; the first is in line 3" },
	{ "name: a\n---\nname: b\n", "3:1: a second document starts here" },
	{ NAMED "...\nmore: 1\n", "4:1: a second document starts here" },
	{ NAMED "...\n---\n\n", "4:1: a second document starts here" },
	{ "name: &x a\ndistro: b\n", "1:7: anchors (&name) are not used" },
	{ "name: a\ndistro: *x\n", "2:9: aliases (*name) are not used" },
	{ "a: &a [x, x]\nb: &b [*a, *a]\n", "1:4: anchors (&name) are not used" },
	{ "name: !!str a\n", "1:7: tags (!name) are not used" },
	{ NAMED "packages: !x [a1]\n", "3:11: tags (!name) are not used" },
	{ "? [a]\n: b\n", "1:3: a key is one word, not a list" },
	{ "{a: 1}: b\n", "1:1: a key is one word, not a map" },
	{ "name: [a\n", "2:1: this is not YAML: " },
	{ "name: \"a\n", "1:8: this is not YAML: " },
	{ "name: a\n  distro: debian\n", "1:7: this is not YAML: " },
	{ "name: a: b\n", "1:8: this is not YAML: " },
	{ NAMED "disk:\n\tsize: 8G\n", "4:1: this is not YAML: tab" },
	{ "name: \"a\\0b\"\n", "1:7: a value holds a NUL character" },
	{ "name: a\x1b[31m\n", "1:8: byte 0x1b is a control character" },
	{ "name: a\x7f\n", "1:8: byte 0x7f is a control character" },
	{ "name: a\xc2\x9b\n", "1:8: byte 0xc2 is a control character" },
	{ "name: a\ndistro: \xff\n", "2:9: byte 0xff is not UTF-8" },
	{ "name: \xc0\xaf\n", "1:7: byte 0xc0 is not UTF-8" },
	{ "name: \xed\xa0\x80\n", "1:7: byte 0xed is not UTF-8" },
	{ "name: \xf4\x90\x80\x80\n", "1:7: byte 0xf4 is not UTF-8" },
	{ "name: \xe2\x82", "1:7: byte 0xe2 is not UTF-8" },
	{ "# \xc3\xa9\xe2\x82\xac\xf0\x9f\x92\xbe\xff\n", "1:6: byte 0xff is not UTF-8" },
};

static void what_is_no_recipe_is_refused_with_its_place(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_recipe_error(
			*state, cases[i].text, strlen(cases[i].text), cases[i].expected);
}

static void nul_bytes_are_refused(void **state)
{
	static const char text[] = "name: a\0b\n";
	static const char utf16[] = "n\0a\0m\0e\0";

	assert_recipe_error(
		*state, text, sizeof(text) - 1, "1:8: byte 0x00 is a control");
	assert_recipe_error(
		*state, utf16, sizeof(utf16) - 1, "1:2: byte 0x00 is a control");
}

/* Open brackets, and lists in lists by indentation: refused before anything recurses. */
static void deep_nesting_is_refused(void **state)
{
	CLEANUP(strbuf_releasep) struct strbuf flow = STRBUF_INIT, block = STRBUF_INIT;

	strbuf_add_str(&flow, "name: ");
	for (int i = 0; i < 200000; i++)
		strbuf_add_char(&flow, '[');
	assert_recipe_error(
		*state, flow.data, flow.length_bytes, "1:22: nested more than 16");
	strbuf_add_str(&block, "name:\n");
	for (int i = 1; i < 500; i++)
		strbuf_addf(&block, "%*s-\n", i, "");
	assert_recipe_error(
		*state, block.data, block.length_bytes, "17:17: nested more than 16");
}

static void many_values_are_refused(void **state)
{
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;

	strbuf_add_str(&text, NAMED "packages:\n");
	for (int i = 0; i < 20000; i++)
		strbuf_add_str(&text, "- a1\n");
	assert_recipe_error(*state, text.data, text.length_bytes,
		"10000:3: a recipe has at most 10000 values");
}

static void other_forms_of_text_are_fine(void **state)
{
	static const char *const good[] = {
		"\xef\xbb\xbf" NAMED, /* a byte order mark */
		"name: a\r\ndistro: debian\r\n",
		"%YAML 1.2\n---\n" NAMED "...\n",
		"{name: a, distro: debian}",
		"name: 'a'\ndistro: \"debian\"",
		"# caf\xc3\xa9\n" NAMED,
	};

	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		CLEANUP(recipe_freep) struct recipe *r = load_good(*state, good[i], NULL);

		assert_string_equal(r->name, "a");
		assert_string_equal(r->distro, "debian");
	}
}

/* Everything of YAML that has a place gets it, and scalars stay the text that they
 * were. */
static void a_document_becomes_a_tree(void **state)
{
	static const char text[] = "a: 012\nb:\n  - x y\n  - ~\nc: {d: '~'}\n";
	const struct recipe_source source = { "s", true };
	CLEANUP(recipe_node_freep) struct recipe_node *n = NULL;
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(recipe_yaml_parse(text, strlen(text), &source, &n, &err), 0);
	assert_int_equal(n->kind, RECIPE_NODE_MAP);
	assert_int_equal(n->count, 3);
	assert_string_equal(n->items[0].key, "a");
	assert_string_equal(n->items[0].text, "012");
	assert_int_equal(n->items[1].kind, RECIPE_NODE_LIST);
	assert_int_equal(n->items[1].key_place.line, 2);
	assert_string_equal(n->items[1].items[0].text, "x y");
	assert_int_equal(n->items[1].items[0].place.line, 3);
	assert_int_equal(n->items[1].items[0].place.column, 5);
	assert_true(n->items[1].items[1].empty);
	assert_string_equal(n->items[2].items[0].key, "d");
	assert_false(n->items[2].items[0].empty);
}

/* libfyaml would print its own report; nothing of it may reach the user's terminal. */
static void nothing_is_printed(void **state)
{
	CLEANUP(freep) char *path = path_join(*state, "stderr");
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600), saved = dup(2);
	struct error err = ERROR_INIT;
	const struct recipe_source source = { "s", true };
	struct recipe_node *n = NULL;
	off_t printed;

	assert_true(fd >= 0 && saved >= 0 && dup2(fd, 2) == 2);
	assert_int_equal(recipe_yaml_parse("a: [b\n", 6, &source, &n, &err), -1);
	assert_int_equal(
		recipe_yaml_parse("%YAML 9.9\n---\na: b\n", 19, &source, &n, &err), -1);
	printed = lseek(fd, 0, SEEK_END);
	assert_true(dup2(saved, 2) == 2);
	(void)close(fd);
	(void)close(saved);
	assert_int_equal(printed, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(what_is_no_recipe_is_refused_with_its_place),
		SCRATCH_TEST(nul_bytes_are_refused),
		SCRATCH_TEST(deep_nesting_is_refused),
		SCRATCH_TEST(many_values_are_refused),
		SCRATCH_TEST(other_forms_of_text_are_fine),
		cmocka_unit_test(a_document_becomes_a_tree),
		SCRATCH_TEST(nothing_is_printed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
