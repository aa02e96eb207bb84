/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "data/le.h"
#include "power_disk.h"

#define DOS(script, grown)                                                         \
	"truncate -s 6M disk; printf 'label: dos\\n" script "' | sfdisk -q disk; " \
	"truncate -s " grown " disk"

/* Made by sfdisk and grown; what sfdisk says of it then. */
static void test_grown(void **state)
{
	static const struct {
		const char *make;
		unsigned int number;
		uint64_t start, old_end, new_end;
	} cases[] = {
		{ DOS("start=2048,size=4096,bootable\\n", "9M"), 1, 2048, 6143, 18431 },
		/* The order of the numbers is not that of the disk. */
		{ DOS("4:start=2048,size=2048\\n1:start=4096,size=2048\\n", "9M"), 1,
			4096, 6143, 18431 },
		/* An extended partition before it. */
		{ DOS("start=2048,size=4096,type=5\\nstart=6144,size=100\\n", "9M"), 2,
			6144, 6243, 18431 },
		/* Not aligned, and a disk that is not either. */
		{ DOS("start=63,size=5000\\n", "$(((9 << 20) + 512))"), 1, 63, 5062,
			18431 },
		/* Room on the disk as it was. */
		{ DOS("start=2048,size=2048\\n", "6M"), 1, 2048, 4095, 12287 },
		/* An end that cylinders cannot count: 9 GiB. */
		{ DOS("start=2048,size=2048\\n", "9G"), 1, 2048, 4095, 18874367 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct table_request want = { .number = cases[i].number,
			.start_sector = cases[i].start };
		CLEANUP(freep) char *said = run_in(*state, cases[i].make), *first = NULL;
		CLEANUP(freep) char *dump = NULL, *line = NULL, *verify = NULL;
		CLEANUP(freep) char *size = NULL, *removed = NULL;
		struct power_disk p;
		struct table_plan plan;

		size = run_in(*state, "stat -c %s disk; head -c 512 disk >first");
		first = scratch_read(*state, "first", NULL);
		power_disk_init(&p, 512, (uint8_t *)first, 512);
		p.disk.sectors = strtoull(size, NULL, 10) / 512;
		assert_int_equal(power_disk_grow(&p, &want, &plan), TABLE_OK);
		assert_int_equal(plan.count, 1);
		assert_int_equal(plan.old_end_sector, cases[i].old_end);
		assert_int_equal(plan.new_end_sector, cases[i].new_end);

		scratch_write(*state, "first", p.bytes, 512);
		dump = run_in(*state, "dd if=first of=disk conv=notrunc 2>/dev/null; "
				      "sfdisk -d disk");
		line = xasprintf("disk%u : start=%12" PRIu64 ", size=%12" PRIu64
				 ", type=83",
			want.number, want.start_sector,
			cases[i].new_end - cases[i].start + 1);
		if (!strstr(dump, line))
			fail_msg("no '%s' in\n%s", line, dump);
		verify = run_in(*state, "sfdisk --verify disk");
		assert_non_null(strstr(verify, "No errors detected."));

		assert_int_equal(power_disk_grow(&p, &want, &plan), TABLE_OK);
		assert_int_equal(plan.count, 0);
		power_disk_release(&p);
		removed = run_in(*state, "rm disk first");
	}
}

/* The rest of the sector, as the boot code, stays; so do the other partitions. The end in
 * cylinders is what sfdisk would have written. */
static void test_bytes(void **state)
{
	static const char *const makes[] = {
		DOS("start=2048,size=2048\\nstart=4096,size=2048,type=da\\n", "9M"),
		/* Beyond what cylinders can count. */
		DOS("start=2048,size=2048\\nstart=4096,size=2048,type=da\\n", "9G"),
	};
	const struct table_request want = { .number = 2, .start_sector = 4096 };

	for (size_t i = 0; i < ARRAY_SIZE(makes); i++) {
		CLEANUP(freep)
		char *line = xasprintf(
			"%s; printf 'boot code' | "
			"dd of=disk conv=notrunc 2>/dev/null; "
			"head -c 512 disk >first; stat -c %%s disk; "
			"echo 'start=4096,size=+,type=da' | sfdisk -q -N2 disk; "
			"head -c 512 disk >wanted; rm disk",
			makes[i]);
		CLEANUP(freep) char *size = run_in(*state, line);
		CLEANUP(freep) char *first = NULL, *wanted = NULL;
		struct power_disk p;
		struct table_plan plan;

		first = scratch_read(*state, "first", NULL);
		wanted = scratch_read(*state, "wanted", NULL);
		power_disk_init(&p, 512, (uint8_t *)first, 512);
		p.disk.sectors = strtoull(size, NULL, 10) / 512;
		assert_int_equal(power_disk_grow(&p, &want, &plan), TABLE_OK);
		assert_memory_equal(p.bytes, wanted, 512);
		power_disk_release(&p);
	}
}

/* Numbers of 32 bits end at 2 TiB, whatever the disk. */
static void test_two_tib(void **state)
{
	static const struct {
		uint64_t sectors, new_end;
	} cases[] = {
		{ UINT64_C(1) << 32, 0xfffff7ff },
		{ UINT64_C(10) << 32, 0xfffff7ff },
		{ 0xfffff800, 0xfffff7ff },
		{ 0xfffff7ff, 0xffffefff },
	};
	const struct table_request want = { .number = 1, .start_sector = 2048 };
	CLEANUP(freep) char *said = NULL, *first = NULL;

	said = run_in(
		*state, DOS("start=2048,size=2048\\n", "6M") "; head -c 512 disk >first");
	first = scratch_read(*state, "first", NULL);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct power_disk p;
		struct table_plan plan;

		power_disk_init(&p, 512, (uint8_t *)first, 512);
		p.disk.sectors = cases[i].sectors;
		assert_int_equal(power_disk_grow(&p, &want, &plan), TABLE_OK);
		assert_int_equal(plan.new_end_sector, cases[i].new_end);
		assert_int_equal(le32_get(p.bytes + 446 + 12), cases[i].new_end - 2047);
		power_disk_release(&p);
	}
}

static void test_4096(void **state)
{
	const struct table_request want = { .number = 1, .start_sector = 256 };
	CLEANUP(freep) uint8_t *disk = xcalloc(1, 3 << 20);
	struct power_disk p;
	struct table_plan plan;

	(void)state;
	disk[446 + 4] = 0x83;
	le32_put(disk + 446 + 8, 256);
	le32_put(disk + 446 + 12, 256);
	disk[510] = 0x55;
	disk[511] = 0xaa;
	power_disk_init(&p, 4096, disk, 3 << 20);
	assert_int_equal(power_disk_grow(&p, &want, &plan), TABLE_OK);
	assert_int_equal(plan.new_end_sector, 767);
	assert_int_equal(le32_get(p.bytes + 446 + 12), 512);
	power_disk_release(&p);
}

static const struct {
	const char *name, *make;
	unsigned int number;
	uint64_t start;
	enum table_result result;
} refused[] = {
	{ "followed", DOS("start=2048,size=2048\\nstart=8192,size=100\\n", "9M"), 1, 2048,
		TABLE_NOT_LAST },
	{ "followed by an extended one",
		DOS("start=2048,size=2048\\nstart=8192,size=2048,type=5\\n", "9M"), 1,
		2048, TABLE_NOT_LAST },
	{ "extended itself", DOS("start=2048,size=2048,type=f\\n", "9M"), 1, 2048,
		TABLE_MISMATCH },
	{ "logical", DOS("start=2048,size=6144,type=5\\nstart=4096,size=100\\n", "9M"), 5,
		4096, TABLE_LOGICAL },
	{ "number 0", DOS("start=2048,size=2048\\n", "9M"), 0, 2048, TABLE_LOGICAL },
	{ "unused", DOS("start=2048,size=2048\\n", "9M"), 2, 0, TABLE_MISMATCH },
	{ "another start", DOS("start=2048,size=2048\\n", "9M"), 1, 2049,
		TABLE_MISMATCH },
	{ "cut off", DOS("start=2048,size=10240\\n", "$((6144 * 512))"), 1, 2048,
		TABLE_SHORT_DISK },
	{ "no partitions",
		"printf 'label: dos\\n' | sfdisk -q $(truncate -s 6M disk; "
		"echo disk)",
		1, 2048, TABLE_NONE },
	{ "a file system's first sector",
		DOS("start=2048,size=2048\\n",
			"9M") "; printf '\\377' | "
			      "dd of=disk bs=1 seek=446 conv=notrunc 2>/dev/null",
		1, 2048, TABLE_NONE },
	{ "zeros", "truncate -s 6M disk", 1, 2048, TABLE_NONE },
	{ "overlap",
		DOS("start=2048,size=2048\\nstart=4096,size=100\\n",
			"9M") "; printf "
			      "'\\001\\020' | dd of=disk bs=1 seek=458 "
			      "conv=notrunc 2>/dev/null",
		1, 2048, TABLE_OVERLAP },
};

static void test_refused(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		const struct table_request want = { .number = refused[i].number,
			.start_sector = refused[i].start };
		CLEANUP(freep) char *said = run_in(*state, refused[i].make), *disk = NULL;
		CLEANUP(freep) char *removed = NULL;
		struct power_disk p;
		struct table_plan plan;
		enum table_result result;
		size_t size;

		disk = scratch_read(*state, "disk", &size);
		power_disk_init(&p, 512, (uint8_t *)disk, size);
		result = power_disk_grow(&p, &want, &plan);
		if (result != refused[i].result)
			fail_msg("%s: %d, %s", refused[i].name, result,
				table_result_text(result));
		assert_int_equal(plan.count, 0);
		assert_memory_equal(p.bytes, disk, size);
		power_disk_release(&p);
		removed = run_in(*state, "rm disk");
	}
}

/* A disk that fails to read, and one that fails to write. */
static void test_broken_disk(void **state)
{
	const struct table_request want = { .number = 1, .start_sector = 2048 };
	CLEANUP(freep) char *said = NULL, *disk = NULL;
	struct power_disk p;
	struct table_plan plan;
	size_t size;

	said = run_in(*state, DOS("start=2048,size=2048\\n", "9M"));
	disk = scratch_read(*state, "disk", &size);
	power_disk_init(&p, 512, (uint8_t *)disk, size);
	p.writes_left = 0;
	assert_int_equal(power_disk_grow(&p, &want, &plan), TABLE_IO);
	assert_int_equal(plan.error, -EIO);
	p.size_bytes = 0;
	assert_int_equal(power_disk_grow(&p, &want, &plan), TABLE_IO);
	assert_int_equal(plan.error, -EIO);
	assert_int_equal(plan.count, 0);
	power_disk_release(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_grown),
		SCRATCH_TEST(test_bytes),
		SCRATCH_TEST(test_two_tib),
		cmocka_unit_test(test_4096),
		SCRATCH_TEST(test_refused),
		SCRATCH_TEST(test_broken_disk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
