/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vm/accel.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "base/path.h"
#include "base/remove_tree.h"

static char dir[] = "/tmp/amiwright-test-XXXXXX";

/* A QEMU of our own in PATH, and a cache of our own. */
static int set_up(void **state)
{
	CLEANUP(freep) char *program = NULL;
	struct error err = ERROR_INIT;

	(void)state;
	strcpy(strrchr(dir, '-') + 1, "XXXXXX");
	assert_non_null(mkdtemp(dir));
	program = path_join(dir, "qemu-system-x86_64");
	assert_int_equal(file_write_all(program, "#!", 2, 0755, &err), 0);
	assert_int_equal(setenv("XDG_CACHE_HOME", dir, 1), 0);
	assert_int_equal(setenv("PATH", dir, 1), 0);
	return 0;
}

static int tear_down(void **state)
{
	struct error err = ERROR_INIT;

	(void)state;
	return remove_tree(dir, &err);
}

static void answers_are_remembered_for_each_firmware(void **state)
{
	(void)state;
	assert_int_equal(accel_recall(VM_X86_64, VM_BIOS), ACCEL_UNKNOWN);
	accel_remember(VM_X86_64, VM_BIOS, false);
	accel_remember(VM_X86_64, VM_UEFI, true);
	assert_int_equal(accel_recall(VM_X86_64, VM_BIOS), ACCEL_BROKEN);
	assert_int_equal(accel_recall(VM_X86_64, VM_UEFI), ACCEL_WORKS);
	accel_remember(VM_X86_64, VM_BIOS, true);
	assert_int_equal(accel_recall(VM_X86_64, VM_BIOS), ACCEL_WORKS);
}

static void another_qemu_is_asked_anew(void **state)
{
	CLEANUP(freep) char *program = path_join(dir, "qemu-system-x86_64");
	struct error err = ERROR_INIT;

	(void)state;
	accel_remember(VM_X86_64, VM_BIOS, false);
	assert_int_equal(file_write_all(program, "#!/other", 8, 0755, &err), 0);
	assert_int_equal(accel_recall(VM_X86_64, VM_BIOS), ACCEL_UNKNOWN);
}

static void a_damaged_memory_is_none(void **state)
{
	CLEANUP(freep) char *path = path_join(dir, "amiwright/kvm/x86_64-BIOS");
	struct error err = ERROR_INIT;

	(void)state;
	accel_remember(VM_X86_64, VM_BIOS, true);
	assert_true(path_exists(path));
	assert_int_equal(truncate(path, 30), 0);
	assert_int_equal(accel_recall(VM_X86_64, VM_BIOS), ACCEL_UNKNOWN);
	assert_int_equal(file_write_all(path, "", 0, 0644, &err), 0);
	assert_int_equal(accel_recall(VM_X86_64, VM_BIOS), ACCEL_UNKNOWN);
}

static void another_architecture_has_no_kvm_here(void **state)
{
	struct error err = ERROR_INIT;

	(void)state;
#if defined(__x86_64__)
	assert_int_equal(accel_check_kvm(VM_ARM64, &err), -1);
#else
	assert_int_equal(accel_check_kvm(VM_X86_64, &err), -1);
#endif
	assert_int_equal(err.code, ERR_TOOL);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(answers_are_remembered_for_each_firmware),
		TEST(another_qemu_is_asked_anew),
		TEST(a_damaged_memory_is_none),
		TEST(another_architecture_has_no_kvm_here),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
