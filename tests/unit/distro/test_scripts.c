/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/scripts.h"

#include <sys/stat.h>

#include "unit.h"

static int check(const char *scratch, const char *name, struct error *err)
{
	CLEANUP(freep) char *path = path_join(scratch, name);
	CLEANUP(strv_releasep) struct strv scripts = STRV_INIT;

	strv_add(&scripts, path);
	return scripts_check(&scripts, err);
}

static void what_can_run_is_taken(void **state)
{
	struct error err = ERROR_INIT;

	unit_write_file(*state, "a.sh", "#!/bin/sh\n");
	unit_write_file(*state, "program", "\177ELF...");
	assert_int_equal(check(*state, "a.sh", &err), 0);
	assert_int_equal(check(*state, "program", &err), 0);
	assert_int_equal(scripts_check(NULL, &err), 0);
	assert_int_equal(scripts_check(&(struct strv)STRV_INIT, &err), 0);
}

static void what_cannot_run_is_refused_by_name(void **state)
{
	static const struct {
		const char *name, *why;
	} cases[] = {
		{ "missing.sh", "No such file" },
		{ "directory", "not a regular file" },
		{ "fifo", "not a regular file" },
		{ "empty", "does not begin with" },
		{ "text", "does not begin with" },
		{ "huge", "larger than" },
	};
	CLEANUP(freep) char *directory = path_join(*state, "directory");
	CLEANUP(freep) char *fifo = path_join(*state, "fifo");
	CLEANUP(freep) char *huge = path_join(*state, "huge");

	assert_int_equal(mkdir(directory, 0755), 0);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	unit_write_file(*state, "empty", "");
	unit_write_file(*state, "text", "echo hello\n");
	unit_write_file(*state, "huge", "#!/bin/sh\n");
	assert_int_equal(truncate(huge, 1 << 27), 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct error err = ERROR_INIT;

		assert_int_equal(check(*state, cases[i].name, &err), -1);
		unit_assert_error(&err, ERR_RECIPE, cases[i].name);
		unit_assert_error(&err, ERR_RECIPE, cases[i].why);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(what_can_run_is_taken),
		SCRATCH_TEST(what_cannot_run_is_refused_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
