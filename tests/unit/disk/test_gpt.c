/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Partition tables that sfdisk has made, read; and what stands in the partitions, told.
 */
#include "disk/gpt.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/proc.h"
#include "base/size.h"
#include "disk/fs_probe.h"
#include "support.h"
#include "unit_lazy_disk.h"

static int make_disk(const char *path, const char *script, uint64_t bytes)
{
	const char *const argv[] = { "sfdisk", "-q", path, NULL };
	const struct proc_spec spec = {
		.argv = argv, .input = script, .input_bytes = strlen(script)
	};
	const int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	struct error err = ERROR_INIT;

	assert_return_code(fd, errno);
	assert_return_code(ftruncate(fd, (off_t)bytes), errno);
	if (*script)
		assert_ok(proc_run(&spec, NULL, &err), &err);
	return fd;
}

/* Of a disk whose bytes come when they are asked for, and no sector more than these. */
static void assert_same_when_brought(int fd, const struct partition_table *want)
{
	CLEANUP(partition_table_release) struct partition_table t = { 0 };
	struct lazy_disk lazy;
	const struct disk_source source = lazy_disk_open(&lazy, fd, 512);
	struct error err = ERROR_INIT;

	assert_ok(partition_table_read(&source, "brought", &t, &err), &err);
	assert_int_equal(t.kind, want->kind);
	assert_int_equal(t.count, want->count);
	for (size_t i = 0; i < t.count; i++) {
		assert_int_equal(t.items[i].number, want->items[i].number);
		assert_int_equal(t.items[i].start_bytes, want->items[i].start_bytes);
		assert_int_equal(t.items[i].size_bytes, want->items[i].size_bytes);
		assert_string_equal(t.items[i].type, want->items[i].type);
	}
	assert_in_range(lazy.count, 1, 400);
	lazy_disk_release(&lazy);
}

static void tables_of_each_kind(void **state)
{
	static const struct {
		const char *script;
		enum partition_table_kind kind;
		size_t count;
		struct partition last;
	} cases[] = {
		{ "", PARTITION_TABLE_NONE, 0, { 0 } },
		{ "label: gpt\n", PARTITION_TABLE_GPT, 0, { 0 } },
		{ "label: gpt\n2048 2048 U\n4096 2048 L\n", PARTITION_TABLE_GPT, 2,
			{ 2, 2 * MIB, MIB, "0FC63DAF-8483-4772-8E79-3D69D8477DE4" } },
		{ "label: dos\n2048 2048 ef\n4096 2048 L\n", PARTITION_TABLE_MBR, 2,
			{ 2, 2 * MIB, MIB, "83" } },
		/* An extended partition, with a logical one in it. */
		{ "label: dos\n2048 2048 L\n4096 8192 E\n6144 2048 L\n",
			PARTITION_TABLE_MBR, 2, { 5, 3 * MIB, MIB, "83" } },
		/* And with three. */
		{ "label: dos\n2048 20480 E\n4096 2048 L\n8192 2048 L\n12288 2048 L\n",
			PARTITION_TABLE_MBR, 3, { 7, 6 * MIB, MIB, "83" } },
	};
	struct scratch *s = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(freep) char *path = scratch_path(s, "disk");
		CLEANUP(fd_closep) int fd = make_disk(path, cases[i].script, 16 * MIB);
		CLEANUP(partition_table_release) struct partition_table t = { 0 };
		const struct partition *want = &cases[i].last, *last;
		struct error err = ERROR_INIT;

		assert_ok(partition_table_read(&DISK_SOURCE(fd), path, &t, &err), &err);
		assert_int_equal(t.kind, cases[i].kind);
		assert_int_equal(t.count, cases[i].count);
		assert_same_when_brought(fd, &t);
		if (!t.count)
			continue;
		last = &t.items[t.count - 1];
		assert_int_equal(last->number, want->number);
		assert_int_equal(last->start_bytes, want->start_bytes);
		assert_int_equal(last->size_bytes, want->size_bytes);
		assert_string_equal(last->type, want->type);
	}
}

/* Its second copy is where the first says, or, when that is damaged, at the end. */
static void a_gpt_is_brought_from_where_its_copies_are(void **state)
{
	static const struct {
		uint64_t damaged_at, larger_by;
	} cases[] = { { 0, 0 }, { 512, 0 }, { 1024, 0 }, { 0, 8 * MIB } };
	struct scratch *s = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		static const char noise[16] = "0123456789abcde";
		CLEANUP(freep) char *path = scratch_path(s, "disk");
		CLEANUP(fd_closep)
		int fd = make_disk(
			path, "label: gpt\n2048 2048 U\n4096 2048 L\n", 16 * MIB);
		CLEANUP(partition_table_release) struct partition_table t = { 0 };
		struct error err = ERROR_INIT;

		assert_return_code(
			ftruncate(fd, (off_t)(16 * MIB + cases[i].larger_by)), errno);
		if (cases[i].damaged_at)
			assert_int_equal(pwrite(fd, noise, sizeof(noise),
						 (off_t)cases[i].damaged_at),
				sizeof(noise));
		assert_ok(partition_table_read(&DISK_SOURCE(fd), path, &t, &err), &err);
		assert_int_equal(t.count, 2);
		assert_same_when_brought(fd, &t);
	}
}

static void a_disk_that_is_cut_off_is_refused(void **state)
{
	static const char *const scripts[] = { "label: gpt\n2048 20480 L\n",
		"label: dos\n2048 20480 L\n" };
	struct scratch *s = *state;

	for (size_t i = 0; i < ARRAY_SIZE(scripts); i++) {
		CLEANUP(freep) char *path = scratch_path(s, "disk");
		CLEANUP(fd_closep) int fd = make_disk(path, scripts[i], 16 * MIB);
		CLEANUP(partition_table_release) struct partition_table t = { 0 };
		struct error err = ERROR_INIT;

		assert_return_code(ftruncate(fd, (off_t)(4 * MIB)), errno);
		assert_int_equal(
			partition_table_read(&DISK_SOURCE(fd), path, &t, &err), -1);
		assert_int_equal(err.code, ERR_FORMAT);
		assert_contains(err.msg, "cut off");
	}
}

/* fdisk -b makes it; with sectors of 512 bytes only its protective MBR is seen. */
static void sectors_that_ec2_does_not_have_are_refused(void **state)
{
	struct scratch *s = *state;
	CLEANUP(freep) char *path = scratch_path(s, "disk");
	CLEANUP(fd_closep) int fd = make_disk(path, "", 40 * MIB);
	CLEANUP(partition_table_release) struct partition_table t = { 0 };
	const char *const argv[] = { "fdisk", "-b", "4096", path, NULL };
	const struct proc_spec spec = {
		.argv = argv, .input = "g\nn\n\n\n\nw\n", .input_bytes = 9
	};
	struct error err = ERROR_INIT;

	assert_ok(proc_run(&spec, NULL, &err), &err);
	assert_int_equal(partition_table_read(&DISK_SOURCE(fd), path, &t, &err), -1);
	assert_int_equal(err.code, ERR_FORMAT);
	assert_contains(err.msg, "sectors of 4096 bytes");
}

static void file_systems_are_told(void **state)
{
	struct scratch *s = *state;
	CLEANUP(freep) char *path = scratch_path(s, "disk");
	const struct {
		const char *const argv[8];
		enum fs_kind kind;
	} cases[] = {
		{ { "true", NULL }, FS_NOTHING },
		{ { "sh", "-c", "printf x | dd of=$0 bs=1 seek=100000 conv=notrunc", path,
			  NULL },
			FS_UNKNOWN },
		{ { "sh", "-c",
			  "printf '\\374\\116\\053\\251' | dd of=$0 bs=4096 seek=1 "
			  "conv=notrunc",
			  path, NULL },
			FS_RAID },
		{ { "sh", "-c",
			  "printf '\\001CD001' | dd of=$0 bs=2048 seek=16 conv=notrunc",
			  path, NULL },
			FS_ISO9660 },
		{ { "mke2fs", "-q", "-F", path, "8M", NULL }, FS_EXT },
		{ { "mkfs.fat", "-F", "16", path, NULL }, FS_FAT },
		{ { "mkfs.fat", "-F", "12", path, NULL }, FS_FAT },
		{ { "mkfs.fat", "-F", "32", path, NULL }, FS_FAT },
		{ { "mkswap", "-q", path, NULL }, FS_SWAP },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(fd_closep) int fd = make_disk(path, "", 40 * MIB);
		struct error err = ERROR_INIT;
		enum fs_kind kind;

		free(tool_output(cases[i].argv));
		assert_ok(fs_probe(&DISK_SOURCE(fd), path, 0, &kind, &err), &err);
		assert_int_equal(kind, cases[i].kind);
		assert_true(*fs_kind_name(kind));
	}
}

int main(void)
{
#define SCRATCH(f) cmocka_unit_test_setup_teardown(f, scratch_setup, scratch_teardown)
	const struct CMUnitTest tests[] = {
		SCRATCH(tables_of_each_kind),
		SCRATCH(a_gpt_is_brought_from_where_its_copies_are),
		SCRATCH(a_disk_that_is_cut_off_is_refused),
		SCRATCH(sectors_that_ec2_does_not_have_are_refused),
		SCRATCH(file_systems_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
