/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/keep_newest.h"

#include <stdbool.h>
#include <sys/stat.h>
#include <time.h>

#include "unit.h"

static void date(const char *dir, const char *name, time_t at_s)
{
	CLEANUP(freep) char *path = path_join(dir, name);
	const struct timespec times[] = { { .tv_sec = at_s }, { .tv_sec = at_s } };

	assert_int_equal(utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW), 0);
}

static bool is_there(const char *dir, const char *name)
{
	CLEANUP(freep) char *path = path_join(dir, name);

	return path_exists(path);
}

static void the_oldest_go_whatever_they_are(void **state)
{
	CLEANUP(freep) char *dir = path_join(*state, "dir");
	CLEANUP(freep) char *link = path_join(*state, "link");

	assert_int_equal(mkdir(dir, 0755), 0);
	unit_write_file(dir, "inside", "x");
	unit_write_file(*state, "old", "x");
	unit_write_file(*state, "new", "x");
	assert_int_equal(symlink("new", link), 0);
	date(*state, "dir", 100);
	date(*state, "link", 200);
	date(*state, "old", 300);
	date(*state, "new", 400);
	keep_newest(*state, 4);
	assert_int_equal(unit_count_entries(*state), 4);
	keep_newest(*state, 2);
	assert_int_equal(unit_count_entries(*state), 2);
	assert_true(is_there(*state, "new"));
	assert_true(is_there(*state, "old"));
	keep_newest(*state, 0);
	assert_int_equal(unit_count_entries(*state), 0);
}

static void the_newest_stays_whatever_its_size(void **state)
{
	unit_write_file(*state, "old", "12345678");
	unit_write_file(*state, "middle", "1234");
	unit_write_file(*state, "new", "123456");
	date(*state, "old", 100);
	date(*state, "middle", 200);
	date(*state, "new", 300);
	keep_newest_bytes(*state, 3, 18);
	assert_int_equal(unit_count_entries(*state), 3);
	keep_newest_bytes(*state, 3, 17);
	assert_false(is_there(*state, "old"));
	assert_int_equal(unit_count_entries(*state), 2);
	keep_newest_bytes(*state, 3, 1);
	assert_int_equal(unit_count_entries(*state), 1);
	assert_true(is_there(*state, "new"));
}

/* As atomic_file_create() names them: one is being written, the other was, and nobody
 * came back for it. */
static void unfinished_files_go_after_a_day(void **state)
{
	const time_t now = time(NULL);

	unit_write_file(*state, ".new.XyZzy1.part", "12345678");
	unit_write_file(*state, ".old.XyZzy2.part", "12345678");
	unit_write_file(*state, ".hidden", "1");
	unit_write_file(*state, "one.part", "1");
	unit_write_file(*state, "two", "1");
	date(*state, ".new.XyZzy1.part", now - 12 * 60 * 60);
	date(*state, ".old.XyZzy2.part", now - 25 * 60 * 60);
	date(*state, ".hidden", 100);
	date(*state, "one.part", 200);
	date(*state, "two", 300);
	/* Neither counts, nor do their sizes. */
	keep_newest_bytes(*state, 3, 3);
	assert_int_equal(unit_count_entries(*state), 4);
	assert_false(is_there(*state, ".old.XyZzy2.part"));
	keep_newest(*state, 1);
	assert_int_equal(unit_count_entries(*state), 2);
	assert_true(is_there(*state, ".new.XyZzy1.part"));
	assert_true(is_there(*state, "two"));
}

static void no_directory_is_fine(void **state)
{
	CLEANUP(freep) char *missing = path_join(*state, "missing");

	keep_newest(missing, 1);
	assert_false(path_exists(missing));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(the_oldest_go_whatever_they_are),
		SCRATCH_TEST(the_newest_stays_whatever_its_size),
		SCRATCH_TEST(unfinished_files_go_after_a_day),
		SCRATCH_TEST(no_directory_is_fine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
