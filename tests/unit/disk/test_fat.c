/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/size.h"
#include "disk/fat.h"

static struct blockmap *layout(const struct fat_spec *spec)
{
	struct blockmap *m = NULL;
	struct error err = ERROR_INIT;

	assert_ok(fat_layout(spec, &m, &err), &err);
	assert_ok(blockmap_seal(m, &err), &err);
	assert_int_equal(blockmap_size_bytes(m), spec->size_bytes);
	return m;
}

static void test_tools_agree(void **state)
{
	enum { BIG_BYTES = 1500001 };
	struct scratch *s = *state;
	CLEANUP(freep) uint8_t *big = xmalloc(BIG_BYTES);
	const struct fat_file files[] = {
		{ "EFI/BOOT/BOOTX64.EFI", big, BIG_BYTES },
		{ "EFI/BOOT/GRUB.CFG", "configfile", 10 },
		{ "EFI/DEBIAN/EMPTY", "", 0 },
		{ "STARTUP.NSH", "exactly one cluster", 512 },
	};
	uint8_t cluster[512];
	struct fat_file given[ARRAY_SIZE(files)];
	const struct fat_spec spec = { .size_bytes = 64 * MIB,
		.label = "ESP",
		.volume_id = 0x1234abcd,
		.time_s = 1700000000,
		.files = given,
		.file_count = ARRAY_SIZE(files) };
	CLEANUP(blockmap_freep) struct blockmap *m = NULL;
	CLEANUP(freep) char *image = NULL;
	CLEANUP(freep) char *list = NULL;
	CLEANUP(freep) char *check = NULL;

	fill_pattern(big, BIG_BYTES, 5);
	fill_pattern(cluster, sizeof(cluster), 6);
	memcpy(given, files, sizeof(files));
	given[3].bytes = cluster;
	m = layout(&spec);
	image = write_map(s, m, "esp.img");
	check = TOOL("fsck.vfat", "-n", "-v", image);
	assert_contains(check, "2 FATs, 32 bit entries");
	assert_contains(check, "8 files,");
	assert_null(strstr(check, "fixing"));
	assert_return_code(setenv("TZ", "UTC", 1), 0);
	list = TOOL("mdir", "-/", "-i", image, "::");
	assert_contains(list, "Volume in drive : is ESP");
	assert_contains(list, "Volume Serial Number is 1234-ABCD");
	assert_contains(list, "BOOTX64  EFI   1500001 2023-11-14  22:13");
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		CLEANUP(freep) char *from = xasprintf("::%s", files[i].path);
		CLEANUP(freep) char *to = scratch_path(s, "copy");
		CLEANUP(freep) char *bytes = NULL;
		size_t length;

		free(TOOL("mcopy", "-n", "-i", image, from, to));
		bytes = read_file(to, &length);
		assert_int_equal(length, files[i].length_bytes);
		assert_memory_equal(bytes, given[i].bytes, length);
		assert_return_code(unlink(to), 0);
	}
}

/* At the smallest size there are just enough clusters for FAT32; 1 GiB is the largest. */
static void test_sizes(void **state)
{
	static const uint64_t sizes[] = { FAT_LEAST_BYTES, 100 * MIB, FAT_MOST_BYTES };
	struct scratch *s = *state;
	const struct fat_file file = { "A", "a", 1 };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		const struct fat_spec spec = { .size_bytes = sizes[i],
			.label = "ESP",
			.files = &file,
			.file_count = 1 };
		CLEANUP(blockmap_freep) struct blockmap *m = layout(&spec);
		CLEANUP(freep) char *image = write_map(s, m, "esp.img");

		free(TOOL("fsck.vfat", "-n", image));
	}
}

/* The size that is said to be enough is enough, and full to the last cluster but few. */
static void test_size_for_content(void **state)
{
	static const size_t lengths[] = { 1, 33 * MIB, 64 * MIB - 1, 64 * MIB,
		200 * MIB + 1 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		CLEANUP(freep) uint8_t *bytes = xcalloc(1, lengths[i]);
		const struct fat_file file = { "EFI/BOOT/BOOTAA64.EFI", bytes,
			lengths[i] };
		const struct fat_spec spec = { .size_bytes =
						       fat_size_for(&file, 1, 64 * MIB),
			.label = "ESP",
			.files = &file,
			.file_count = 1 };
		CLEANUP(blockmap_freep) struct blockmap *m = layout(&spec);

		assert_true(spec.size_bytes >= 64 * MIB);
		assert_true(spec.size_bytes % MIB == 0);
		assert_true(spec.size_bytes <= 64 * MIB ||
			    spec.size_bytes < lengths[i] + lengths[i] / 32 + 3 * MIB);
	}
}

static void test_same_bytes_each_time(void **state)
{
	const struct fat_file file = { "EFI/BOOT/BOOTX64.EFI", "efi", 3 };
	const struct fat_spec spec = { .size_bytes = FAT_LEAST_BYTES,
		.label = "ESP",
		.time_s = 1,
		.files = &file,
		.file_count = 1 };
	CLEANUP(blockmap_freep) struct blockmap *a = layout(&spec);
	CLEANUP(blockmap_freep) struct blockmap *b = layout(&spec);
	CLEANUP(freep) uint8_t *bytes_a = read_map(a);
	CLEANUP(freep) uint8_t *bytes_b = read_map(b);

	(void)state;
	assert_memory_equal(bytes_a, bytes_b, FAT_LEAST_BYTES);
}

static void test_refusals(void **state)
{
	static const struct {
		uint64_t size_bytes;
		const char *label, *path;
		size_t length_bytes;
		enum err_code code;
	} cases[] = {
		{ 64 * MIB, "ESP", "lower.efi", 1, ERR_FORMAT },
		{ 64 * MIB, "ESP", "NINECHARS.EFI", 1, ERR_FORMAT },
		{ 64 * MIB, "ESP", "A.LONG", 1, ERR_FORMAT },
		{ 64 * MIB, "ESP", "A.B.C", 1, ERR_FORMAT },
		{ 64 * MIB, "ESP", "", 1, ERR_FORMAT },
		{ 64 * MIB, "ESP", "EFI//A", 1, ERR_FORMAT },
		{ 64 * MIB, "ESP", "../A", 1, ERR_FORMAT },
		{ 64 * MIB, "TWELVE CHARS", "A", 1, ERR_USAGE },
		{ 1 * MIB, "ESP", "A", 1, ERR_USAGE },
		{ 64 * MIB, "ESP", "A", 64 * MIB, ERR_SPACE },
		{ 64 * MIB, "ESP", "A", 65 * MIB, ERR_SPACE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(freep) uint8_t *bytes = xcalloc(1, cases[i].length_bytes);
		const struct fat_file file = { cases[i].path, bytes,
			cases[i].length_bytes };
		const struct fat_spec spec = { .size_bytes = cases[i].size_bytes,
			.label = cases[i].label,
			.files = &file,
			.file_count = 1 };
		struct blockmap *m = NULL;
		struct error err = ERROR_INIT;

		assert_int_equal(fat_layout(&spec, &m, &err), -1);
		assert_int_equal(err.code, cases[i].code);
		assert_null(m);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_tools_agree, scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(
			test_sizes, scratch_setup, scratch_teardown),
		cmocka_unit_test(test_size_for_content),
		cmocka_unit_test(test_same_bytes_each_time),
		cmocka_unit_test(test_refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
