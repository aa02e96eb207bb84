/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/run_past.h"

#include "core/record.h"
#include "unit.h"

#define HEAD "amiwright-run 1 20261121t090113z-4f0c9a21be register"
#define PLACE "place eu-west-1 http://127.0.0.1:80 123456789012 my profile"

static size_t parse(const char *const *records, struct run_past *p)
{
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	size_t good;

	for (; *records; records++)
		record_add(&text, *records);
	good = run_past_parse(text.data, text.length_bytes, p);
	assert_true(good <= text.length_bytes);
	return text.length_bytes - good;
}

static void all_is_read(void **state)
{
	static const char *const records[] = { HEAD, PLACE, "registers 17 a (b) c",
		"made 18 ami-1", "made 19 ami-2", "removes 20 snap-1",
		"copies 21 us-east-1/ami-3", "sends 22 us-east-1/ami-4",
		"completes 23 snap-2", NULL };
	CLEANUP(run_past_releasep) struct run_past p = { 0 };

	(void)state;
	assert_int_equal(parse(records, &p), 0);
	assert_string_equal(p.run_id, "20261121t090113z-4f0c9a21be");
	assert_string_equal(p.command, "register");
	assert_string_equal(p.region, "eu-west-1");
	assert_string_equal(p.url, "http://127.0.0.1:80");
	assert_string_equal(p.account, "123456789012");
	assert_string_equal(p.profile, "my profile");
	assert_int_equal(p.count, 7);
	assert_string_equal(run_past_last(&p, RUN_SENDS)->what, "us-east-1/ami-4");
	assert_string_equal(run_past_last(&p, RUN_COMPLETES)->what, "snap-2");
	assert_string_equal(run_past_last(&p, RUN_COPIES)->what, "us-east-1/ami-3");
	assert_string_equal(p.deeds[0].what, "a (b) c");
	assert_int_equal(p.deeds[0].at_s, 17);
	assert_string_equal(run_past_last(&p, RUN_MADE)->what, "ami-2");
	assert_string_equal(run_past_last(&p, RUN_REMOVES)->what, "snap-1");
}

/* Whether what was asked for last may be there without our knowing. */
static void what_was_asked_for_is_known(void **state)
{
	static const struct {
		const char *deeds[4];
		const char *unanswered; /* NULL: nothing */
	} cases[] = {
		{ { NULL }, NULL },
		{ { "starts 17 r-1" }, "r-1" },
		{ { "starts 17 r-1", "refused 18 r-1" }, NULL },
		{ { "starts 17 r-1", "made 18 snap-1" }, NULL },
		{ { "starts 17 r-1", "made 18 snap-1", "registers 19 web" }, "web" },
		{ { "registers 19 web", "removes 20 snap-1" }, "web" },
		{ { "made 18 snap-1", "registers 19 web", "made 20 ami-1" }, NULL },
		{ { "sends 17 us-east-1/ami-4" }, NULL },
		{ { "starts 17 r-1", "made 18 snap-1", "completes 19 snap-1" }, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *const *d = cases[i].deeds;
		const char *const records[] = { HEAD, PLACE, d[0], d[1], d[2], NULL };
		CLEANUP(run_past_releasep) struct run_past p = { 0 };
		const struct run_deed *deed;

		assert_int_equal(parse(records, &p), 0);
		deed = run_past_unanswered(&p);
		assert_int_equal(!deed, !cases[i].unanswered);
		if (deed)
			assert_string_equal(deed->what, cases[i].unanswered);
	}
}

/* What is written is what is read. */
static void texts_come_back(void **state)
{
	CLEANUP(strbuf_releasep)
	struct strbuf head = STRBUF_INIT, place = STRBUF_INIT, deed = STRBUF_INIT;
	CLEANUP(run_past_releasep) struct run_past p = { 0 };
	const struct run_place where = { "eu-west-1", "http://127.0.0.1:80",
		"123456789012", "my profile" };

	(void)state;
	run_past_format_head("20261121t090113z-4f0c9a21be", "register", &head);
	run_past_format_place(&where, &place);
	run_past_format_deed(RUN_REGISTERS, 17, "a b", &deed);
	assert_string_equal(head.data, HEAD);
	assert_string_equal(place.data, PLACE);
	assert_int_equal(
		parse((const char *const[]){ head.data, place.data, deed.data, NULL },
			&p),
		0);
	assert_int_equal(p.deeds[0].act, RUN_REGISTERS);
}

static void what_is_wrong_ends_it(void **state)
{
	static const char *const cases[][4] = {
		{ "amiwright-run 2 x register" },
		{ "amiwright-run 1 ../x register" },
		{ "amiwright-run 1 20261121t090113z-4f0c9a21be0 register" },
		{ "amiwright-run 1 x" },
		{ "amiwright-run 1 x " },
		{ "amiwright-run 1 x twenty-one-characters" },
		{ HEAD, "place eu-west-1 url" },
		{ HEAD, "place eu-west-1 url 123456789012" },
		{ HEAD, "place eu-west-1 url " },
		{ HEAD, "place" },
		{ HEAD, PLACE, PLACE },
		{ HEAD, "made 18 ami-1" },
		{ HEAD, PLACE, "made 18 " },
		{ HEAD, PLACE, "made 18" },
		{ HEAD, PLACE, "made ami-1" },
		{ HEAD, PLACE, "made -3 ami-1" },
		{ HEAD, PLACE, "makes 18 ami-1" },
		{ HEAD, PLACE, HEAD },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(run_past_releasep) struct run_past p = { 0 };
		const char *const records[] = { cases[i][0], cases[i][1], cases[i][2],
			NULL };

		if (!parse(records, &p))
			fail_msg("case %zu was read", i);
		assert_int_equal(p.count, 0);
	}
}

static void ids_are_names_of_files(void **state)
{
	(void)state;
	assert_true(run_id_is_valid("20261121t090113z-4f0c9a21be"));
	assert_false(run_id_is_valid(""));
	assert_false(run_id_is_valid("."));
	assert_false(run_id_is_valid("-rf"));
	assert_false(run_id_is_valid("a/b"));
	assert_false(run_id_is_valid("20261121t090113z-4f0c9a21be0"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_is_read),
		cmocka_unit_test(texts_come_back),
		cmocka_unit_test(what_was_asked_for_is_known),
		cmocka_unit_test(what_is_wrong_ends_it),
		cmocka_unit_test(ids_are_names_of_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
