/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <string.h>

#include "base/cleanup.h"
#include "disk/grub.h"

static void make_boot(uint8_t boot[512])
{
	memset(boot, 'b', 512);
	boot[510] = 0x55;
	boot[511] = 0xaa;
}

static void test_boot_sector(void **state)
{
	static const uint8_t sector_2048[8] = { 0, 8 };
	uint8_t boot[512], mbr[512];
	struct error err = ERROR_INIT;

	(void)state;
	make_boot(boot);
	memset(mbr, 'm', sizeof(mbr));
	assert_ok(grub_patch_boot(mbr, boot, sizeof(boot), 2048, &err), &err);
	assert_memory_equal(mbr + 0x5c, sector_2048, 8);
	assert_memory_equal(mbr + 0x66, "\x90\x90", 2);
	for (size_t i = 0; i < 512; i++)
		if (!(i >= 0x5c && i < 0x64) && i != 0x66 && i != 0x67)
			assert_int_equal(mbr[i], i < 440 ? 'b' : 'm');
}

static void test_core_image(void **state)
{
	uint8_t core[1025], before[1025];
	struct error err = ERROR_INIT;

	(void)state;
	memset(core, 'c', sizeof(core));
	core[508] = 2; /* sectors after the first */
	core[509] = 0;
	memcpy(before, core, sizeof(core));
	assert_ok(grub_patch_core(core, sizeof(core), 2048, &err), &err);
	assert_memory_equal(core + 500, "\x01\x08\0\0\0\0\0\0", 8);
	assert_memory_equal(core, before, 500);
	assert_memory_equal(core + 508, before + 508, sizeof(core) - 508);
}

static void test_what_is_not_grub(void **state)
{
	uint8_t boot[512], core[1024] = { 0 }, mbr[512];
	struct error err = ERROR_INIT;

	(void)state;
	make_boot(boot);
	assert_int_equal(grub_patch_boot(mbr, boot, 511, 2048, &err), -1);
	assert_int_equal(err.code, ERR_FORMAT);
	boot[511] = 0;
	assert_int_equal(grub_patch_boot(mbr, boot, 512, 2048, &err), -1);
	assert_int_equal(err.code, ERR_FORMAT);
	assert_int_equal(grub_patch_core(core, 100, 2048, &err), -1);
	assert_int_equal(err.code, ERR_FORMAT);
	core[508] = 7;
	assert_int_equal(grub_patch_core(core, sizeof(core), 2048, &err), -1);
	assert_int_equal(err.code, ERR_FORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_boot_sector),
		cmocka_unit_test(test_core_image),
		cmocka_unit_test(test_what_is_not_grub),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
