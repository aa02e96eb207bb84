/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/debian/lists_records.h"

#include "base/strbuf.h"
#include "unit.h"

#define A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static int note(void *userdata, const char *record, size_t length_bytes,
	const char *sha256, struct error *err)
{
	assert_int_equal(strlen(record), length_bytes);
	strbuf_addf(userdata, "[%.4s|", sha256);
	strbuf_add(userdata, record, length_bytes);
	strbuf_add_char(userdata, ']');
	return strstr(record, "bad") ? error_set(err, ERR_FORMAT, 0, "bad") : 0;
}

static void records_come_by_the_lists_names(void **state)
{
	CLEANUP(strbuf_releasep) struct strbuf seen = STRBUF_INIT;
	struct error err = ERROR_INIT;

	unit_write_file(*state, "m_2_Packages", "Package: z\nSHA256: " B);
	unit_write_file(*state, "m_1_Packages",
		"\n\nPackage: a\nSHA256: " A "\nSize: 1\n\n\n"
		"Package: none\n\nPackage: odd\nSHA256: abc\n\nSHA256: " B "\n");
	unit_write_file(*state, "m_InRelease", "SHA256: " A "\n");
	assert_int_equal(lists_each_record(*state, note, &seen, &err), 0);
	assert_string_equal(seen.data,
		"[aaaa|Package: a\nSHA256: " A "\nSize: 1\n]"
		"[bbbb|SHA256: " B "\n][bbbb|Package: z\nSHA256: " B "]");
}

static void an_error_ends_it(void **state)
{
	CLEANUP(strbuf_releasep) struct strbuf seen = STRBUF_INIT;
	struct error err = ERROR_INIT;

	unit_write_file(*state, "m_Packages", "bad\nSHA256: " A "\n\nSHA256: " B "\n");
	assert_int_equal(lists_each_record(*state, note, &seen, &err), -1);
	unit_assert_error(&err, ERR_FORMAT, "bad");
	assert_null(strstr(seen.data, "bbbb"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(records_come_by_the_lists_names),
		SCRATCH_TEST(an_error_ends_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
