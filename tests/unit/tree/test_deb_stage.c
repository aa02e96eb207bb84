/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree/deb_stage.h"

#include <sys/stat.h>

#include "base/proc.h"

#include "unit.h"

enum { PACKAGES = 8 };

static void run(const char *const *argv)
{
	struct error err = ERROR_INIT;

	if (proc_run(&(struct proc_spec){ .argv = argv }, NULL, &err) < 0)
		fail_msg("%s: %s", err.msg, err.output);
}

/* Packages p0 … with one file each that holds the package's name. */
static void make_packages(const char *scratch, struct strv *files)
{
	for (int i = 0; i < PACKAGES; i++) {
		CLEANUP(freep) char *dir = xasprintf("%s/p%d", scratch, i);
		CLEANUP(freep) char *debian = path_join(dir, "DEBIAN");
		CLEANUP(freep) char *name = xasprintf("p%d", i);
		CLEANUP(freep) char *deb = xasprintf("%s.deb", dir);
		CLEANUP(freep)
		char *control =
			xasprintf("Package: p%d\nVersion: 1\nArchitecture: all\n"
				  "Maintainer: A <a@example.org>\nDescription: x\n",
				i);
		struct error err = ERROR_INIT;

		assert_int_equal(path_make_dirs(debian, 0755, &err), 0);
		unit_write_file(debian, "control", control);
		unit_write_file(dir, "file", name);
		run((const char *const[]){ "dpkg-deb", "--build", dir, deb, NULL });
		strv_take(files, TAKE_PTR(deb));
	}
}

static char *stage_dir(const char *scratch)
{
	char *dir = path_join(scratch, "stage");

	assert_int_equal(mkdir(dir, 0700), 0);
	return dir;
}

static void each_package_is_found_under_its_number(void **state)
{
	CLEANUP(strv_releasep) struct strv files = STRV_INIT;
	CLEANUP(deb_stage_freep) struct deb_stage *s = NULL;
	CLEANUP(freep) char *dir = stage_dir(*state);
	struct error err = ERROR_INIT;

	make_packages(*state, &files);
	assert_int_equal(deb_stage_start(dir, &files, &s, &err), 0);
	for (size_t i = PACKAGES; i-- > 0;) {
		CLEANUP(fd_closep) int fd = -1;
		CLEANUP(freep) char *name = xasprintf("p%zu", i);
		const struct deb *deb = NULL;
		char number[16], text[16] = "";
		CLEANUP(fd_closep) int file = -1;

		assert_int_equal(deb_stage_wait(s, i, &deb, &err), 0);
		assert_int_equal(deb_stage_open(s, i, &fd, &err), 0);
		assert_int_equal(deb->entry_count, 2);
		assert_string_equal(deb->entries[1].path, "file");
		(void)snprintf(number, sizeof(number), "%u", deb->entries[1].number);
		file = openat(fd, number, O_RDONLY | O_CLOEXEC);
		assert_true(read(file, text, sizeof(text) - 1) > 0);
		assert_string_equal(text, name);
	}
}

static void a_broken_package_fails_alone(void **state)
{
	CLEANUP(strv_releasep) struct strv files = STRV_INIT;
	CLEANUP(deb_stage_freep) struct deb_stage *s = NULL;
	CLEANUP(freep) char *dir = stage_dir(*state);
	const struct deb *deb = NULL;
	struct error err = ERROR_INIT;

	make_packages(*state, &files);
	unit_write_file(*state, "p3.deb", "!<arch>\n");
	assert_int_equal(unlink(files.items[4]), 0);
	assert_int_equal(deb_stage_start(dir, &files, &s, &err), 0);
	assert_int_equal(deb_stage_wait(s, 5, &deb, &err), 0);
	assert_int_equal(deb_stage_wait(s, 3, &deb, &err), -1);
	assert_int_equal(err.code, ERR_FORMAT);
	assert_non_null(strstr(err.msg, "p3.deb"));
	assert_int_equal(deb_stage_wait(s, 4, &deb, &err), -1);
	assert_non_null(strstr(err.msg, "p4.deb"));
}

static void it_can_be_left_in_the_middle(void **state)
{
	CLEANUP(strv_releasep) struct strv files = STRV_INIT;
	CLEANUP(freep) char *dir = stage_dir(*state);
	struct deb_stage *s = NULL;
	struct error err = ERROR_INIT;

	make_packages(*state, &files);
	assert_int_equal(deb_stage_start(dir, &files, &s, &err), 0);
	assert_null(deb_stage_free(s));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(each_package_is_found_under_its_number),
		SCRATCH_TEST(a_broken_package_fails_alone),
		SCRATCH_TEST(it_can_be_left_in_the_middle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
