/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What can be had without a block device: sysfs as a tree of files, sizes of file systems
 * held against resize2fs, and what grow_root() says where nothing can grow. */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/fd.h"
#include "grow/fs_size.h"
#include "grow/grow.h"
#include "grow/root.h"

enum { PAGE_BYTES = 4096 };

/*
 * As the kernel shows an NVMe disk with two partitions, a disk with a name of two
 * parts, a device mapper's and a RAID.
 */
static const char sysfs[] =
	"set -e; mkdir -p dev/block; add() { mkdir -p \"devices/$1\"; "
	"ln -s \"../../devices/$1\" \"dev/block/$2\"; "
	"printf 'MAJOR=%s\\nMINOR=%s\\nDEVNAME=%s\\n' ${2%:*} ${2#*:} \"$3\" "
	">\"devices/$1/uevent\"; echo \"$4\" >\"devices/$1/size\"; }\n"
	"add pci/nvme0n1 259:0 nvme0n1 40960\n"
	"add pci/nvme0n1/nvme0n1p1 259:1 nvme0n1p1 16384\n"
	"echo 1 >devices/pci/nvme0n1/nvme0n1p1/partition\n"
	"echo 6144 >devices/pci/nvme0n1/nvme0n1p1/start\n"
	"add pci/nvme0n1/nvme0n1p15 259:2 nvme0n1p15 2048\n"
	"echo 15 >devices/pci/nvme0n1/nvme0n1p15/partition\n"
	"echo 2048 >devices/pci/nvme0n1/nvme0n1p15/start\n"
	"add pci/c0d0 104:0 cciss/c0d0 100\n"
	"add virtual/dm-0 253:0 dm-0 100; mkdir devices/virtual/dm-0/dm\n"
	"add virtual/md0 9:0 md0 100; mkdir devices/virtual/md0/md\n"
	/* Lies. */
	"add bad/number 8:1 sda1 100; echo 8x >devices/bad/number/partition\n"
	"add bad/start 8:2 sda2 100; echo 1 >devices/bad/start/partition\n"
	"add bad/size 8:3 sda3 99999999999999999999\n"
	"add bad/name 8:4 '' 100\n"
	"add bad/long 8:5 \"$(printf %080d 1)\" 100\n"
	"add bad/other 8:6 sda6 100; sed -i s/8/9/ devices/bad/other/uevent\n"
	"add bad/disk/part 8:7 sda7 100; echo 1 >devices/bad/disk/part/partition; "
	"echo 1 >devices/bad/disk/part/start\n";

static void test_find(void **state)
{
	static const struct {
		uint32_t major, minor;
		int error;
		const char *reason, *node, *disk_node;
		uint64_t size_bytes, start_bytes;
		unsigned int number;
		uint32_t disk_minor;
	} cases[] = {
		{ 259, 1, 0, NULL, "/dev/nvme0n1p1", "/dev/nvme0n1", 16384 * 512,
			6144 * 512, 1, 0 },
		{ 259, 2, 0, NULL, "/dev/nvme0n1p15", "/dev/nvme0n1", 2048 * 512,
			2048 * 512, 15, 0 },
		{ 259, 0, 0, NULL, "/dev/nvme0n1", "", 40960 * 512, 0, 0, 0 },
		{ 104, 0, 0, NULL, "/dev/cciss/c0d0", "", 51200, 0, 0, 0 },
		{ 253, 0, 0, "device mapper" },
		{ 9, 0, 0, "RAID" },
		{ 0, 25, 0, "not on a block device" },
		{ 7, 7, -ENOENT },
		{ 8, 1, -EINVAL },
		{ 8, 2, -ENOENT },
		{ 8, 3, -EINVAL },
		{ 8, 4, -EINVAL },
		{ 8, 5, -ENAMETOOLONG },
		{ 8, 6, -EINVAL },
		{ 8, 7, -ENOENT },
	};
	const struct grow_options options = { .sysfs = *state, .dev = "/dev" };
	CLEANUP(freep) char *said = run_in(*state, sysfs);

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct root_device d = { 0 };
		const char *reason = NULL;
		int error =
			root_find(&options, cases[i].major, cases[i].minor, &d, &reason);

		if (error != cases[i].error)
			fail_msg("%u:%u: %d", cases[i].major, cases[i].minor, error);
		assert_int_equal(!!reason, !!cases[i].reason);
		if (reason)
			assert_non_null(strstr(reason, cases[i].reason));
		if (!cases[i].node) {
			assert_string_equal(d.node, "");
			continue;
		}
		assert_string_equal(d.node, cases[i].node);
		assert_string_equal(d.disk_node, cases[i].disk_node);
		assert_int_equal(d.size_bytes, cases[i].size_bytes);
		assert_int_equal(d.start_bytes, cases[i].start_bytes);
		assert_int_equal(d.number, cases[i].number);
		if (d.number > 0)
			assert_int_equal(d.disk_major, 259);
		assert_int_equal(d.disk_minor, cases[i].disk_minor);
	}
}

/* A name in /dev may lead somewhere else. */
static void test_open(void **state)
{
	CLEANUP(freep) char *file = xasprintf("%s/file", (char *)*state);
	CLEANUP(freep) char *missing = xasprintf("%s/missing", (char *)*state);

	scratch_write(*state, "file", "x", 1);
	assert_int_equal(root_open(file, 0, 0, O_RDONLY), -ENXIO);
	assert_int_equal(root_open("/dev/null", 1, 3, O_RDONLY), -ENXIO);
	assert_int_equal(root_open(missing, 8, 1, O_RDONLY), -ENOENT);
}

/* The scratch directory's own file system: whatever it is, its device is no block device
 * behind a name in a /dev that is empty, so nothing is done to it. */
static void test_nothing_done(void **state)
{
	CLEANUP(freep) char *nowhere = xasprintf("%s/nowhere", (char *)*state);
	CLEANUP(freep) char *said = run_in(*state, "mkdir sys dev");
	CLEANUP(freep) char *sys = xasprintf("%s/sys", (char *)*state);
	CLEANUP(freep) char *dev = xasprintf("%s/dev", (char *)*state);
	struct grow_options options = {
		.mount_point = nowhere, .sysfs = sys, .dev = dev
	};
	struct grow_report report;

	assert_int_equal(grow_root(&options, &report), -ENOENT);
	assert_int_equal(report.error, -ENOENT);
	assert_non_null(strstr(report.file_system_reason, "cannot be opened"));

	/* /proc has a device number without a device. */
	options.mount_point = "/proc";
	assert_int_equal(grow_root(&options, &report), 0);
	assert_non_null(strstr(report.file_system_reason, "not on a block device"));
	assert_string_equal(report.device, "");
	assert_false(report.table_written);
}

static uint64_t block_count(const char *dir)
{
	CLEANUP(freep)
	char *said = run_in(dir, "dumpe2fs -h disk 2>/dev/null | "
				 "sed -n 's/^Block count: *//p'");

	return strtoull(said, NULL, 10);
}

static bool read_super(const char *dir, struct ext4_size *ret)
{
	CLEANUP(freep)
	char *said =
		run_in(dir, "dd if=disk of=super bs=1024 skip=1 count=1 2>/dev/null");
	CLEANUP(freep) char *super = scratch_read(dir, "super", NULL);

	return ext4_super_parse((uint8_t *)super, ret);
}

/* What resize2fs makes of a device of some size is what we would ask the kernel for. */
static void test_ext4_like_resize2fs(void **state)
{
	static const struct {
		const char *options;
		const char *grown;
	} cases[] = {
		{ "-t ext4", "200M" },
		{ "-t ext4", "$(((200 << 20) + 4095))" },
		{ "-t ext4 -b 1024", "$(((200 << 20) + 3 * 1024))" },
		{ "-t ext4 -b 1024 -O ^64bit", "$(((200 << 20) + 512))" },
		{ "-t ext4 -O bigalloc -C 65536", "$(((200 << 20) + 5 * 4096))" },
		{ "-t ext2", "$(((200 << 20) + 512))" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(freep)
		char *make = NULL, *said = NULL, *size = NULL, *resized = NULL;
		struct ext4_size before, after;
		uint64_t target;

		make = xasprintf("rm -f disk; truncate -s 40M disk; mke2fs -q %s disk",
			cases[i].options);
		said = run_in(*state, make);
		assert_true(read_super(*state, &before));
		assert_int_equal(before.blocks, block_count(*state));
		free(make);
		make = xasprintf("truncate -s %s disk; stat -c %%s disk", cases[i].grown);
		size = run_in(*state, make);
		target =
			ext4_target_blocks(&before, strtoull(size, NULL, 10), PAGE_BYTES);
		resized = run_in(*state, "resize2fs -f disk");
		assert_true(read_super(*state, &after));
		if (target != after.blocks || after.blocks != block_count(*state))
			fail_msg("%s, %s: %llu, but resize2fs: %llu", cases[i].options,
				cases[i].grown, (unsigned long long)target,
				(unsigned long long)after.blocks);
		/* Then there is nothing left to grow. */
		assert_int_equal(
			ext4_target_blocks(&after, strtoull(size, NULL, 10), PAGE_BYTES),
			after.blocks);
	}
}

static void test_ext4_sizes(void **state)
{
	static const struct {
		struct ext4_size size;
		uint64_t device_bytes;
		uint64_t blocks;
	} cases[] = {
		{ { 100, 4096, 1, true }, UINT64_C(1) << 50, UINT64_C(1) << 38 },
		/* 32 bits: 4 KiB less than 16 TiB, in whole pages. */
		{ { 100, 4096, 1, false }, UINT64_C(1) << 50, UINT32_MAX },
		{ { 100, 1024, 1, false }, UINT64_C(1) << 50, UINT32_MAX - 3 },
		{ { 100, 4096, 16, true }, 4096 * 127, 112 },
		/* The device is smaller than the file system: left as it is. */
		{ { 100, 4096, 1, true }, 4096 * 99, 100 },
		{ { 100, 65536, 1, true }, 65536 * 101 + 65535, 101 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(ext4_target_blocks(&cases[i].size, cases[i].device_bytes,
					 PAGE_BYTES),
			cases[i].blocks);
}

static void test_ext4_lies(void **state)
{
	CLEANUP(freep) char *said = NULL, *super = NULL;
	static const struct {
		size_t at;
		uint8_t byte;
	} lies[] = { { 0x38, 0x54 }, { 0x39, 0 }, { 0x18, 7 }, { 0x1b, 1 }, { 0x1c, 1 },
		{ 0x1c, 21 }, { 0x1f, 1 } };
	struct ext4_size s;

	said = run_in(*state,
		"truncate -s 40M disk; "
		"mke2fs -q -t ext4 -b 4096 -O bigalloc disk; tail -c +1025 disk | "
		"head -c 1024 >super");
	super = scratch_read(*state, "super", NULL);
	assert_true(ext4_super_parse((uint8_t *)super, &s));
	for (size_t i = 0; i < ARRAY_SIZE(lies); i++) {
		CLEANUP(freep) uint8_t *bad = xmemdup(super, EXT4_SUPER_BYTES);

		bad[lies[i].at] = lies[i].byte;
		if (ext4_super_parse(bad, &s))
			fail_msg("lie %zu believed", i);
	}
}

static void test_xfs_sizes(void **state)
{
	static const struct {
		struct xfs_size size;
		uint64_t device_bytes;
		uint64_t blocks;
	} cases[] = {
		{ { 1000, 4096, 500 }, 4096 * 2000, 2000 },
		{ { 1000, 4096, 500 }, 4096 * 2063 + 4095, 2000 },
		{ { 1000, 4096, 500 }, 4096 * 2064, 2064 },
		{ { 1000, 4096, 500 }, 4096 * 1063, 1000 },
		{ { 1000, 4096, 500 }, 4096 * 900, 1000 },
		{ { 1010, 4096, 500 }, 4096 * 1020, 1010 },
		{ { 1000, 0, 500 }, 4096 * 2000, 1000 },
		{ { 1000, 4096, 0 }, 4096 * 2000, 1000 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(xfs_target_blocks(&cases[i].size, cases[i].device_bytes),
			cases[i].blocks);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_find),
		SCRATCH_TEST(test_open),
		SCRATCH_TEST(test_nothing_done),
		SCRATCH_TEST(test_ext4_like_resize2fs),
		cmocka_unit_test(test_ext4_sizes),
		SCRATCH_TEST(test_ext4_lies),
		cmocka_unit_test(test_xfs_sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
