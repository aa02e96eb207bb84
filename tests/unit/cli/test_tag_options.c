/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/tag_options.h"

#include "unit.h"

static void pairs_are_read(void **state)
{
	CLEANUP(strv_releasep) struct strv given = STRV_INIT;
	CLEANUP(tag_list_releasep) struct tag_list l = { 0 };
	struct error err = ERROR_INIT;

	(void)state;
	STRV_ADD(&given, "Team=base", "Empty=", "Equals=a=b");
	assert_int_equal(tag_list_parse(&given, &l, &err), 0);
	assert_int_equal(l.count, 3);
	assert_string_equal(l.items[0].key, "Team");
	assert_string_equal(l.items[0].value, "base");
	assert_string_equal(l.items[1].value, "");
	assert_string_equal(l.items[2].value, "a=b");
}

static void others_are_refused(void **state)
{
	static char long_key[129 + 3], long_value[257 + 3];
	static const struct {
		const char *first, *second;
		const char *message;
	} cases[] = {
		{ "Team", NULL, "--tag needs KEY=VALUE, not 'Team'" },
		{ "=base", NULL, "--tag needs KEY=VALUE" },
		{ "aws:x=1", NULL, "such tags are not the user's" },
		{ "amiwright:state=finished", NULL, "such tags are not the user's" },
		{ "A=1", "A=2", "--tag gives 'A' two values" },
		{ long_key, NULL, "a key of more than 128 characters" },
		{ long_value, NULL, "a value of more than 256" },
	};

	(void)state;
	memset(long_key, 'k', 129);
	memcpy(long_key + 129, "=v", 3);
	memcpy(long_value, "k=", 2);
	memset(long_value + 2, 'v', 257);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(strv_releasep) struct strv given = STRV_INIT;
		CLEANUP(tag_list_releasep) struct tag_list l = { 0 };
		struct error err = ERROR_INIT;

		strv_add(&given, cases[i].first);
		if (cases[i].second)
			strv_add(&given, cases[i].second);
		assert_int_equal(tag_list_parse(&given, &l, &err), -1);
		unit_assert_error(&err, ERR_USAGE, cases[i].message);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pairs_are_read),
		cmocka_unit_test(others_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
