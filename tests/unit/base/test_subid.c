/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/subid.h"

#include "base/strbuf.h"
#include "unit.h"

/* User "ann" with uid 1001; inside 0 is the id 2002. */
static int map(const char *text, char **ret_args, struct error *err)
{
	CLEANUP(strv_releasep) struct strv args = STRV_INIT;
	char *words = xstrdup("");
	int rc = subid_map_args(text, "ann", 1001, 2002, &args, err);

	for (size_t i = 0; i < args.count; i++) {
		char *longer = xasprintf("%s%s%s", words, i ? " " : "", args.items[i]);

		free(words);
		words = longer;
	}
	*ret_args = words;
	return rc;
}

static void ranges_are_mapped_in_order(void **state)
{
	static const struct {
		const char *text, *args;
	} cases[] = {
		{ "ann:100000:65536\n", "0 2002 1 1 100000 65535" },
		{ "ann:100000:65535", "0 2002 1 1 100000 65535" },
		{ "bob:1:65536\nann:100000:65536\nann:9:1\n", "0 2002 1 1 100000 65535" },
		/* by number: the user's, not the group's */
		{ "2002:7:65536\n1001:100000:65536\n", "0 2002 1 1 100000 65535" },
		/* in pieces */
		{ "ann:100000:1000\nann:300000:64535\n",
			"0 2002 1 1 100000 1000 1001 300000 64535" },
		{ "ann:300000:1\n1001:100000:99999\n",
			"0 2002 1 1 300000 1 2 100000 65534" },
		/* overlaps, with one another and with the own id */
		{ "ann:100000:1000\nann:100999:70000\nann:300000:70000\n",
			"0 2002 1 1 100000 1000 1001 300000 64535" },
		{ "ann:2002:70000\nann:300000:70000\n", "0 2002 1 1 300000 65535" },
		{ "ann:2003:70000\n", "0 2002 1 1 2003 65535" },
		/* lines that are none */
		{ "\n\n:\n::\n:::\nann\nann:\nann:1\nann::\nann:1:\nann::1\nann:-1:"
		  "65536\n"
		  "ann:+5000:65536\nann: 5000:65536\nann:5000 :65536\nann:0x10:65536\n"
		  "ann:5000:65536:9\nann:5000:65536x\nann:5000:65536\r\nann:5000:0\n# "
		  "ann:5000:65536\n"
		  " ann:5000:65536\nANN:5000:65536\nannie:5000:65536\nan:5000:65536\n"
		  "ann:4294967296:65536\nann:5000:4294967296\nann:4294967295:1\n"
		  "ann:4294960000:65536\nann:99999999999999999999999:65536\n"
		  "ann:100000:65536\n",
			"0 2002 1 1 100000 65535" },
		/* the last ids that there are; (uid_t)-1 is none */
		{ "ann:4294901760:65535", "0 2002 1 1 4294901760 65535" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(freep) char *args = NULL;
		struct error err = ERROR_INIT;

		if (map(cases[i].text, &args, &err) < 0)
			fail_msg("case %zu: %s", i, err.msg);
		assert_string_equal(args, cases[i].args);
	}
}

static void too_few_ids_are_an_error_with_its_remedy(void **state)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{ "", "user 'ann' has 0 subordinate ids of the 65535 needed" },
		{ "bob:100000:65536\n", "has 0 subordinate ids" },
		{ "ann:100000:65534\n", "has 65534 subordinate ids" },
		{ "ann:100000:1000\nann:100000:65536\n", "has 1000 subordinate ids" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(freep) char *args = NULL;
		struct error err = ERROR_INIT;

		assert_int_equal(map(cases[i].text, &args, &err), -1);
		unit_assert_error(&err, ERR_TOOL, cases[i].message);
		assert_non_null(strstr(err.msg, "usermod --add-subuids"));
	}
}

static void no_more_lines_than_the_kernel_takes(void **state)
{
	CLEANUP(strv_releasep) struct strv args = STRV_INIT;
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	struct error err = ERROR_INIT;

	(void)state;
	for (unsigned int i = 0; i < 65535; i++)
		strbuf_addf(&text, "ann:%u:1\n", 100000 + 2 * i);
	assert_int_equal(subid_map_args(text.data, "ann", 1001, 1001, &args, &err), -1);
	unit_assert_error(&err, ERR_TOOL, "has 339 subordinate ids");
	assert_int_equal(args.count, 3 * 340);
}

static void root_passes_on_what_it_has(void **state)
{
	static const struct {
		const char *own, *map; /* NULL: refused */
	} cases[] = {
		{ "         0          0 4294967295\n", "0 0 65536\n" },
		/* unshare --map-auto --map-root-user, podman */
		{ "0 1000 1\n1 100000 65535\n", "0 0 1\n1 1 65535\n" },
		{ "0 1000 1\n1 100000 65536\n", "0 0 1\n1 1 65535\n" },
		{ "1 100000 100\n0 1000 1\n101 200000 70000\n70000 7 1\n",
			"1 1 100\n0 0 1\n101 101 65435\n" },
		{ "0 1000 1\n", NULL },
		{ "0 1000 1\n1 100000 65534\n", NULL },
		{ "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(strbuf_releasep) struct strbuf map = STRBUF_INIT;
		struct error err = ERROR_INIT;
		int r = subid_map_of_root(cases[i].own, &map, &err);

		assert_int_equal(r, cases[i].map ? 0 : -1);
		if (cases[i].map)
			assert_string_equal(map.data, cases[i].map);
		else
			unit_assert_error(
				&err, ERR_TOOL, "of the 65536 user or group ids");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranges_are_mapped_in_order),
		cmocka_unit_test(too_few_ids_are_an_error_with_its_remedy),
		cmocka_unit_test(no_more_lines_than_the_kernel_takes),
		cmocka_unit_test(root_passes_on_what_it_has),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
