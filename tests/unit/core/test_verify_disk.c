/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/verify_disk.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"

/* Type GUIDs as sfdisk writes them to a disk. */
static const uint8_t bios_boot[16] = { 0x48, 0x61, 0x68, 0x21, 0x49, 0x64, 0x6f, 0x6e,
	0x74, 0x4e, 0x65, 0x65, 0x64, 0x45, 0x46, 0x49 };
static const uint8_t esp[16] = { 0x28, 0x73, 0x2a, 0xc1, 0x1f, 0xf8, 0xd2, 0x11, 0xba,
	0x4b, 0x00, 0xa0, 0xc9, 0x3e, 0xc9, 0x3b };
static const uint8_t root_x86_64[16] = { 0xe3, 0xbc, 0x68, 0x4f, 0xcd, 0xe8, 0xb1, 0x4d,
	0x96, 0xe7, 0xfb, 0xca, 0xf9, 0x84, 0xb7, 0x09 };
static const uint8_t root_arm64[16] = { 0x45, 0xb0, 0x21, 0xb9, 0xf0, 0x1d, 0xc3, 0x41,
	0xaf, 0x44, 0x4c, 0x6f, 0x28, 0x0d, 0x3f, 0xae };

static uint8_t *make_gpt(const uint8_t *const *types)
{
	uint8_t *head = xcalloc(1, DISK_HEAD_BYTES);

	head[510] = 0x55;
	head[511] = 0xaa;
	head[450] = 0xee;
	memcpy(head + 512, "EFI PART", 8);
	head[512 + 72] = 2; /* first sector of the entries */
	head[512 + 80] = 128;
	head[512 + 84] = 128;
	for (size_t i = 0; types[i]; i++)
		memcpy(head + 1024 + 128 * i, types[i], 16);
	return head;
}

static void a_gpt_says_how_it_boots(void **state)
{
	static const struct {
		const uint8_t *types[4];
		unsigned int boot;
		enum recipe_arch arch;
	} cases[] = {
		{ { bios_boot, esp, root_x86_64 }, RECIPE_BOOT_BIOS | RECIPE_BOOT_UEFI,
			RECIPE_ARCH_X86_64 },
		{ { bios_boot, root_x86_64 }, RECIPE_BOOT_BIOS, RECIPE_ARCH_X86_64 },
		{ { esp, root_arm64 }, RECIPE_BOOT_UEFI, RECIPE_ARCH_ARM64 },
		{ { esp }, RECIPE_BOOT_UEFI, 0 },
		{ { root_x86_64 }, 0, RECIPE_ARCH_X86_64 },
		{ { NULL }, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(freep) uint8_t *head = make_gpt(cases[i].types);
		struct disk_facts facts;

		disk_facts_parse(head, DISK_HEAD_BYTES, &facts);
		assert_int_equal(facts.boot, cases[i].boot);
		assert_int_equal(facts.arch, cases[i].arch);
	}
}

static void a_gpt_that_lies_does_no_harm(void **state)
{
	static const uint8_t *const types[] = { bios_boot, esp, NULL };
	CLEANUP(freep) uint8_t *head = make_gpt(types);
	struct disk_facts facts;

	(void)state;
	memset(head + 512 + 80, 0xff, 4); /* count */
	disk_facts_parse(head, DISK_HEAD_BYTES, &facts);
	assert_int_equal(facts.boot, RECIPE_BOOT_BIOS | RECIPE_BOOT_UEFI);
	memset(head + 512 + 84, 0xff, 4); /* size of an entry */
	disk_facts_parse(head, DISK_HEAD_BYTES, &facts);
	memset(head + 512 + 84, 0, 4);
	disk_facts_parse(head, DISK_HEAD_BYTES, &facts);
	assert_int_equal(facts.boot, 0);
	memset(head + 512 + 72, 0xff, 8); /* where they stand */
	disk_facts_parse(head, DISK_HEAD_BYTES, &facts);
	assert_int_equal(facts.boot, 0);
	for (size_t length = 0; length < 1400; length++) {
		CLEANUP(freep) uint8_t *exact = make_gpt(types);

		exact = xreallocarray(exact, length + 1, 1);
		disk_facts_parse(exact, length, &facts);
	}
}

static void an_mbr_says_it_too(void **state)
{
	uint8_t head[1024] = { 0 };
	struct disk_facts facts;

	(void)state;
	head[510] = 0x55;
	head[511] = 0xaa;
	head[446 + 4] = 0x83;
	disk_facts_parse(head, sizeof(head), &facts);
	assert_int_equal(facts.boot, 0);
	head[0] = 0xeb; /* code */
	disk_facts_parse(head, sizeof(head), &facts);
	assert_int_equal(facts.boot, RECIPE_BOOT_BIOS);
	head[462 + 4] = 0xef;
	disk_facts_parse(head, sizeof(head), &facts);
	assert_int_equal(facts.boot, RECIPE_BOOT_BIOS | RECIPE_BOOT_UEFI);
	head[511] = 0;
	disk_facts_parse(head, sizeof(head), &facts);
	assert_int_equal(facts.boot, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_gpt_says_how_it_boots),
		cmocka_unit_test(a_gpt_that_lies_does_no_harm),
		cmocka_unit_test(an_mbr_says_it_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
