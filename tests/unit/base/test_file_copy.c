/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/file_copy.h"

#include <errno.h>
#include <sys/stat.h>

#include "unit.h"

static char *content(const char *path)
{
	struct error err = ERROR_INIT;
	char *text;

	assert_int_equal(file_read_all(path, 1 << 20, &text, NULL, &err), 0);
	return text;
}

static void a_copy_has_content_and_date(void **state)
{
	static const struct timespec dated[] = { { .tv_sec = 17 }, { .tv_sec = 1234 } };
	CLEANUP(freep) char *from = path_join(*state, "from");
	CLEANUP(freep) char *to = path_join(*state, "to");
	CLEANUP(freep) char *text = NULL;
	struct error err = ERROR_INIT;
	struct stat st;

	unit_write_file(*state, "from", "content");
	unit_write_file(*state, "to", "what stood there");
	assert_int_equal(utimensat(AT_FDCWD, from, dated, 0), 0);
	assert_int_equal(file_copy(from, to, &err), 0);
	text = content(to);
	assert_string_equal(text, "content");
	assert_int_equal(stat(to, &st), 0);
	assert_int_equal(st.st_mtim.tv_sec, 1234);
	assert_int_equal(st.st_nlink, 1);
}

static void links_are_not_copied(void **state)
{
	CLEANUP(freep) char *link = path_join(*state, "link");
	CLEANUP(freep) char *to = path_join(*state, "to");
	struct error err = ERROR_INIT;

	unit_write_file(*state, "from", "content");
	assert_int_equal(symlink("from", link), 0);
	assert_int_equal(file_copy(link, to, &err), -1);
	unit_assert_error(&err, ERR_SYSTEM, link);
	assert_false(path_exists(to));
}

static void what_is_missing_is_told_apart(void **state)
{
	CLEANUP(freep) char *from = path_join(*state, "from");
	CLEANUP(freep) char *to = path_join(*state, "to");
	struct error err = ERROR_INIT;

	assert_int_equal(file_link_or_copy(from, to, &err), -1);
	unit_assert_error(&err, ERR_SYSTEM, from);
	assert_int_equal(err.detail, ENOENT);
}

static void one_file_gets_two_names(void **state)
{
	CLEANUP(freep) char *from = path_join(*state, "from");
	CLEANUP(freep) char *to = path_join(*state, "to");
	CLEANUP(freep) char *kept = path_join(*state, "kept");
	CLEANUP(freep) char *text = NULL;
	struct error err = ERROR_INIT;
	struct stat st;

	unit_write_file(*state, "from", "content");
	unit_write_file(*state, "kept", "as it was");
	assert_int_equal(file_link_or_copy(from, to, &err), 0);
	assert_int_equal(stat(to, &st), 0);
	assert_int_equal(st.st_nlink, 2);
	assert_int_equal(file_link_or_copy(from, kept, &err), 0);
	text = content(kept);
	assert_string_equal(text, "as it was");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(a_copy_has_content_and_date),
		SCRATCH_TEST(links_are_not_copied),
		SCRATCH_TEST(what_is_missing_is_told_apart),
		SCRATCH_TEST(one_file_gets_two_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
