/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/image_share.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "unit.h"

static void add_words(struct strv *to, const char *text)
{
	char copy[128], *at = copy, *word;

	(void)snprintf(copy, sizeof(copy), "%s", text);
	while ((word = strsep(&at, " ")))
		if (*word)
			strv_add(to, word);
}

static void add_all(struct strbuf *to, char sign, const struct strv *words)
{
	for (size_t i = 0; i < words->count; i++)
		strbuf_addf(
			to, "%s%c%s", to->length_bytes ? " " : "", sign, words->items[i]);
}

static void only_what_differs_is_changed(void **state)
{
	static const struct {
		const char *wanted, *has;
		bool is_exact;
		const char *changes;
	} cases[] = {
		{ "", "", false, "" },
		{ "", "a b", false, "" },
		{ "", "a b", true, "-a -b" },
		{ "a b", "", false, "+a +b" },
		{ "a b", "b a", false, "" },
		{ "a b", "b a", true, "" },
		{ "a c", "b a", false, "+c" },
		{ "a c", "b a", true, "+c -b" },
		{ "a a", "", false, "+a" },
		{ "all", "a", false, "+all" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(strv_releasep) struct strv wanted = STRV_INIT, has = STRV_INIT;
		CLEANUP(strv_releasep) struct strv add = STRV_INIT, remove = STRV_INIT;
		CLEANUP(strbuf_releasep) struct strbuf changes = STRBUF_INIT;
		const struct image_share share = { &wanted, cases[i].is_exact };

		add_words(&wanted, cases[i].wanted);
		add_words(&has, cases[i].has);
		image_share_compare(&share, &has, &add, &remove);
		add_all(&changes, '+', &add);
		add_all(&changes, '-', &remove);
		assert_string_equal(changes.data ? changes.data : "", cases[i].changes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_differs_is_changed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
