/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/ini.h"

#include "oracle.h"

static const char *const cases[] = {
	"",
	"\n\n# nothing\n",
	"[default]\naws_access_key_id = AKID\naws_secret_access_key=a/b+c=\n",
	"[default]\r\nregion = eu-west-1\r\noutput = json\r\n",
	"[a]\rk=v\r[b]\rk=w\r",
	"[profile  x y ]\nk = v\n",
	"[profile 'x y']\nk = v\n",
	"[a]\nKEY = Value\nUPPER_and : colon\n",
	"[a]\nk = v # not a comment\nl = v ; nor this\n",
	"[a]\n# comment\n ; comment\nk=v\n\t# comment\nl=w\n",
	"[a]\nk =\n  n = 1\n  m=2\n",
	"[a]\nk =\n  n = 1\n\n  m = 2 = 3\n\n\nl = x\n",
	"[a]\nk =\n  n 1\n",
	"[a]\nk = one\n  two\n    three\n",
	"[a]\nk = one\n\n\n  two\n\n",
	"[a]\nk = one\n# comment\n  two\n",
	"[a]\nk = one\n  # comment\n  two\n",
	"[a]\n  k = one\n  l = two\n",
	"[a]\n  k = one\n l = two\n  more\n",
	"[a]\nk = one\n\ttab\n",
	"[a]\nk=\n",
	"[a]\nk=\n\n\n",
	"[a]\nk = \n   \n  n = 1\n",
	"[a]\n= v\n",
	"[a]\nk\n",
	"k = v\n",
	"x\n[a]\n",
	"[a]\nk=1\n[a]\nl=2\n",
	"[a]\nk=1\nk=2\n",
	"[a]\nk=1\nK=2\n",
	"[DEFAULT]\nk = d\n[a]\nl = 1\n[b]\nk = own\n",
	"[DEFAULT]\nk = d\n[a]\n[DEFAULT]\nl = e\n",
	"[DEFAULT]\nk = d\n[a]\n[DEFAULT]\nk = e\n",
	"[default]\nk = v\n[DEFAULT]\nl = w\n",
	"[]\nk=v\n",
	"[[a]]\nk=v\n",
	"[a] junk\nk=v\n",
	"[a] = ]\nk=v\n",
	"[a\nk=v\n",
	"  [a]\nk=v\n",
	"[a]\nk=v\n  [b]\nl=w\n",
	"[a]\n[b]\n  k = v\n  l = w\n",
	"[services s]\nec2 =\n  endpoint_url = http://localhost:1\ns3 =\n  a = b\n  a = "
	"c\n",
	"[a]\nk=v",
	"[a]\nk=v\n  w",
	"[a]\nk==v\nl=:v\nm:=v\n",
	"[a]\n\x0bk\x0c=\x1cv\x1f\n",
	"[a]\nk = caf\xc3\xa9\n",
	"[a]\nk y = v\n",
	"[a]\n\n k = v\n  \n l = w\n",
};

/* What files are made of, at random. */
static const char *const pieces[] = {
	"[a]",
	"[profile b]",
	"[default]",
	"[DEFAULT]",
	"[sso-session c]",
	"[",
	"]",
	"\n",
	"\n",
	"\n",
	"\r\n",
	"\r",
	" ",
	"  ",
	"\t",
	"#",
	";",
	"=",
	":",
	"k",
	"l = 1",
	"m=2",
	"N = x",
	"o =",
	"  n = 1\n",
	"  p=2\n",
	"\n\n",
	"\\",
	"\"",
	"'",
};

/* Each section in order, with its keys and then those of [DEFAULT]. */
static void dump_entry(struct strbuf *to, const struct ini_entry *entry)
{
	const char *value = entry->value;
	CLEANUP(strv_releasep) struct strv names = STRV_INIT;

	if (*value != '\n') {
		strbuf_add_str(to, "key");
		oracle_add_field(to, entry->key);
		oracle_add_field(to, value);
		strbuf_add_char(to, '\n');
		return;
	}
	while (*value) {
		const char *end = value + strcspn(value, "\n");
		const char *separator = memchr(value, '=', (size_t)(end - value));

		if (separator) {
			CLEANUP(freep)
			char *name = xstrndup(value, (size_t)(separator - value));
			size_t length = strlen(name);

			while (length &&
				strchr(" \t\v\f\x1c\x1d\x1e\x1f", name[length - 1]))
				name[--length] = '\0';
			if (!strv_contains(&names, name))
				strv_add(&names, name);
		}
		value = end + (*end == '\n');
	}
	for (size_t i = 0; i < names.count; i++) {
		CLEANUP(freep) char *text = ini_nested(entry->value, names.items[i]);

		assert_non_null(text);
		strbuf_add_str(to, "nested");
		oracle_add_field(to, entry->key);
		oracle_add_field(to, names.items[i]);
		oracle_add_field(to, text);
		strbuf_add_char(to, '\n');
	}
}

static void dump(const char *path, struct strbuf *to)
{
	CLEANUP(ini_releasep) struct ini ini = INI_INIT;
	struct error err = ERROR_INIT;
	bool found;

	if (ini_load(path, &ini, &found, &err) < 0) {
		assert_int_equal(err.code, ERR_FORMAT);
		strbuf_add_str(to, "error\nend\n");
		return;
	}
	assert_true(found);
	for (size_t i = 1; i < ini.count; i++) {
		const struct ini_section *s = &ini.sections[i];

		strbuf_add_str(to, "section");
		oracle_add_field(to, s->name);
		strbuf_add_char(to, '\n');
		for (size_t k = 0; k < s->count; k++) {
			assert_string_equal(
				ini_get(&ini, s, s->entries[k].key), s->entries[k].value);
			dump_entry(to, &s->entries[k]);
		}
		for (size_t k = 0; k < ini.sections[0].count; k++) {
			const struct ini_entry *entry = &ini.sections[0].entries[k];

			if (ini_get(&ini, s, entry->key) == entry->value)
				dump_entry(to, entry);
		}
	}
	strbuf_add_str(to, "end\n");
}

enum { RANDOM_FILES = 600 };

static void botocore_reads_the_same(void **state)
{
	CLEANUP(strv_releasep) struct strv arguments = STRV_INIT;
	CLEANUP(freep) char *expected = NULL;
	uint64_t seed = 20261121;
	char *at;

	STRV_ADD(&arguments, CONFIG_ORACLE, "ini");
	for (size_t i = 0; i < ARRAY_SIZE(cases) + RANDOM_FILES; i++) {
		CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
		CLEANUP(freep) char *name = xasprintf("%zu", i);

		if (i < ARRAY_SIZE(cases))
			strbuf_add_str(&text, cases[i]);
		else
			strbuf_add_str(&text, "[x]\n");
		for (size_t k = i < ARRAY_SIZE(cases) ? 0 : oracle_random(&seed, 20); k;
			k--)
			strbuf_add_str(
				&text, pieces[oracle_random(&seed, ARRAY_SIZE(pieces))]);
		unit_write_file(*state, name, text.data);
		strv_take(&arguments, path_join(*state, name));
	}
	expected = oracle_ask(&arguments);
	at = expected;
	for (size_t i = 2; i < arguments.count; i++) {
		CLEANUP(strbuf_releasep) struct strbuf got = STRBUF_INIT;
		char *end = strstr(at, "end\n");

		while (end && end != at && end[-1] != '\n')
			end = strstr(end + 1, "end\n");
		assert_non_null(end);
		dump(arguments.items[i], &got);
		if (strncmp(at, got.data, (size_t)(end - at) + 4) != 0 ||
			got.length_bytes != (size_t)(end - at) + 4) {
			CLEANUP(freep) char *text = NULL;
			struct error err = ERROR_INIT;

			(void)file_read_all(arguments.items[i], 4096, &text, NULL, &err);
			fail_msg("of '%s'\nbotocore reads:\n%.*s\nhere:\n%s", text,
				(int)(end - at), at, got.data);
		}
		at = end + 4;
	}
}

static void a_byte_order_mark_is_passed_over(void **state)
{
	static const char text[] = "\xef\xbb\xbf[a]\nk=v\n";
	CLEANUP(ini_releasep) struct ini ini = INI_INIT;
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(ini_parse(text, sizeof(text) - 1, "text", &ini, &err), 0);
	assert_string_equal(ini_get(&ini, &ini.sections[1], "k"), "v");
}

static void messages_name_the_line_and_not_its_text(void **state)
{
	static const struct {
		const char *text, *part;
	} wrong[] = {
		{ "[a]\nSECRET\n", "text, line 2: " },
		{ "SECRET=1\n", "before the first [section]" },
		{ "[a]\n\n=SECRET\n", "line 3: no key" },
		{ "[a]\nSECRET=1\nSECRET=2\n", "line 3: this key" },
		{ "[a]\n[SECRET]\n[SECRET]\n", "line 3: this section" },
		{ "[a]\nk=\n SECRET\n", "below 'k' of [a]" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct ini ini = INI_INIT;
		struct error err = ERROR_INIT;

		assert_int_equal(ini_parse(wrong[i].text, strlen(wrong[i].text), "text",
					 &ini, &err),
			-1);
		unit_assert_error(&err, ERR_FORMAT, wrong[i].part);
		assert_null(strstr(err.msg, "SECRET"));
	}
}

static void what_is_no_text_is_refused(void **state)
{
	CLEANUP(freep) char *large = xcalloc(INI_MOST_BYTES + 1, 1);
	struct ini ini = INI_INIT;
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(ini_parse("[a]\nk=\0v\n", 9, "text", &ini, &err), -1);
	unit_assert_error(&err, ERR_FORMAT, "not a text file");
	memset(large, '\n', INI_MOST_BYTES + 1);
	assert_int_equal(ini_parse(large, INI_MOST_BYTES + 1, "text", &ini, &err), -1);
	unit_assert_error(&err, ERR_FORMAT, "more than");
	assert_int_equal(ini_parse(large, INI_MOST_BYTES, "text", &ini, &err), 0);
	ini_release(&ini);
}

static void what_is_not_there_is_empty(void **state)
{
	CLEANUP(ini_releasep) struct ini ini = INI_INIT;
	CLEANUP(ini_releasep) struct ini directory = INI_INIT;
	CLEANUP(freep) char *path = path_join(*state, "none");
	struct error err = ERROR_INIT;
	bool found = true;

	assert_int_equal(ini_load(path, &ini, &found, &err), 0);
	assert_false(found);
	assert_int_equal(ini.count, 1);
	found = true;
	assert_int_equal(ini_load(*state, &directory, &found, &err), 0);
	assert_false(found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(botocore_reads_the_same),
		cmocka_unit_test(a_byte_order_mark_is_passed_over),
		cmocka_unit_test(messages_name_the_line_and_not_its_text),
		cmocka_unit_test(what_is_no_text_is_refused),
		SCRATCH_TEST(what_is_not_there_is_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
