/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/foreign.h"

#include <sys/stat.h>
#include <sys/utsname.h>

#include "unit.h"

/* No machine has a registration for it. */
#define CPU "nosuchcpu"

static char *describe(const char *cpu)
{
	struct strbuf text = STRBUF_INIT;

	foreign_describe(cpu, &text);
	return strbuf_take(&text);
}

static void an_emulator_is_known_by_its_bytes(void **state)
{
	CLEANUP(freep) char *path = path_join(*state, "qemu-" CPU "-static");
	CLEANUP(freep) char *other_dir = path_join(*state, "other");
	CLEANUP(freep) char *first = NULL;
	CLEANUP(freep) char *second = NULL;
	CLEANUP(freep) char *third = NULL;
	struct error err = ERROR_INIT;

	assert_int_equal(setenv("PATH", *state, 1), 0);
	unit_write_file(*state, "qemu-" CPU "-static", "one");
	assert_int_equal(chmod(path, 0755), 0);
	first = describe(CPU);
	assert_non_null(strstr(first, "emulator "));
	unit_write_file(*state, "qemu-" CPU "-static", "two");
	second = describe(CPU);
	assert_string_not_equal(first, second);
	/* Wherever it stands. */
	assert_int_equal(path_make_dirs(other_dir, 0755, &err), 0);
	unit_write_file(other_dir, "qemu-" CPU "-static", "one");
	free(path);
	path = path_join(other_dir, "qemu-" CPU "-static");
	assert_int_equal(chmod(path, 0755), 0);
	assert_int_equal(setenv("PATH", other_dir, 1), 0);
	third = describe(CPU);
	assert_string_equal(first, third);
}

static void own_programs_need_none(void **state)
{
	CLEANUP(freep) char *text = NULL;
	struct utsname u;

	(void)state;
	assert_int_equal(uname(&u), 0);
	text = describe(u.machine);
	assert_string_equal(text, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(an_emulator_is_known_by_its_bytes),
		cmocka_unit_test(own_programs_need_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
