/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * File systems of each kind made by mkfs.fat and mtools, and by fat_layout(), read back.
 */
#include "disk/fat_reader.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/size.h"
#include "disk/fat.h"
#include "support.h"

enum { BIG_BYTES = 100000 };

static const struct filetree_node *node_at(const struct filetree *t, const char *path)
{
	const uint32_t index = filetree_find(t, path);

	if (index == (uint32_t)FILETREE_NO_NODE)
		fail_msg("'%s' is not there", path);
	return filetree_node(t, index);
}

static void check_file(struct fat_reader *r, const struct filetree *t, const char *path,
	const uint8_t *want)
{
	CLEANUP(freep) uint8_t *got = xmalloc(BIG_BYTES + 1);
	const struct filetree_node *n = node_at(t, path);
	struct error err = ERROR_INIT;
	size_t length;

	assert_int_equal(n->size_bytes, BIG_BYTES);
	assert_ok(fat_reader_read(r, n->content_offset_bytes, n->size_bytes, got,
			  BIG_BYTES + 1, &length, &err),
		&err);
	assert_int_equal(length, BIG_BYTES);
	assert_memory_equal(got, want, BIG_BYTES);
}

static char *big_file(struct scratch *s, uint8_t *bytes)
{
	char *path = scratch_path(s, "big");
	struct error err = ERROR_INIT;

	fill_pattern(bytes, BIG_BYTES, 3);
	assert_ok(file_write_all(path, bytes, BIG_BYTES, 0600, &err), &err);
	return path;
}

static void mkfs_fat_of_each_kind(void **state)
{
	static const struct {
		const char *bits, *kib;
		uint64_t bytes;
	} cases[] = { { "12", "2048", 2 * MIB }, { "16", "16384", 16 * MIB },
		{ "32", "40960", 40 * MIB } };
	struct scratch *s = *state;
	CLEANUP(freep) uint8_t *bytes = xmalloc(BIG_BYTES);
	CLEANUP(freep) char *big = big_file(s, bytes);

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(freep) char *image = scratch_path(s, "image");
		CLEANUP(fat_reader_freep) struct fat_reader *r = NULL;
		CLEANUP(fd_closep) int fd = -1;
		struct error err = ERROR_INIT;
		struct filetree *t;

		(void)unlink(image);
		free(TOOL("mkfs.fat", "-C", "-F", cases[i].bits, "-n", "ESP", image,
			cases[i].kib));
		free(TOOL("mmd", "-i", image, "::/EFI", "::/EFI/BOOT", "::/loader",
			"::/loader/entries"));
		free(TOOL("mcopy", "-i", image, big, "::/EFI/BOOT/BOOTX64.EFI"));
		free(TOOL(
			"mcopy", "-i", image, big, "::/loader/entries/debian-6.1.conf"));
		fd = open(image, O_RDONLY | O_CLOEXEC);
		assert_ok(fat_reader_open(
				  &DISK_SOURCE(fd), "image", 0, cases[i].bytes, &r, &err),
			&err);
		assert_ok(fat_reader_list(r, &t, &err), &err);
		check_file(r, t, "EFI/BOOT/BOOTX64.EFI", bytes);
		check_file(r, t, "LOADER/ENTRIES/DEBIAN~1.CON", bytes);
		assert_int_equal(filetree_count(t), 7);
		filetree_free(t);
	}
}

static void our_own_layout(void **state)
{
	struct scratch *s = *state;
	CLEANUP(freep) uint8_t *bytes = xmalloc(BIG_BYTES);
	const struct fat_file file = { "EFI/BOOT/BOOTAA64.EFI", bytes, BIG_BYTES };
	const struct fat_spec spec = { .size_bytes = FAT_LEAST_BYTES,
		.label = "ESP",
		.files = &file,
		.file_count = 1 };
	CLEANUP(blockmap_freep) struct blockmap *map = NULL;
	CLEANUP(fat_reader_freep) struct fat_reader *r = NULL;
	CLEANUP(freep) char *image = NULL;
	CLEANUP(fd_closep) int fd = -1;
	struct error err = ERROR_INIT;
	struct filetree *t;

	fill_pattern(bytes, BIG_BYTES, 3);
	assert_ok(fat_layout(&spec, &map, &err), &err);
	assert_ok(blockmap_seal(map, &err), &err);
	image = write_map(s, map, "image");
	fd = open(image, O_RDONLY | O_CLOEXEC);
	assert_ok(
		fat_reader_open(&DISK_SOURCE(fd), "image", 0, FAT_LEAST_BYTES, &r, &err),
		&err);
	assert_ok(fat_reader_list(r, &t, &err), &err);
	check_file(r, t, "EFI/BOOT/BOOTAA64.EFI", bytes);
	filetree_free(t);
}

/* One byte each that makes no sense. */
static void damage_is_refused(void **state)
{
	static const struct {
		uint64_t at;
		const char *bytes;
		size_t length;
		const char *says;
	} cases[] = {
		{ 11, "\x01\x00", 2, "makes no sense" }, /* bytes a sector */
		{ 13, "\x03", 1, "makes no sense" }, /* sectors a cluster */
		{ 14, "\x00\x00", 2, "makes no sense" }, /* reserved sectors */
		{ 32, "\xff\xff\xff\x7f", 4, "larger than its partition" },
		{ 44, "\xff\xff\xff\x0f", 4, "a directory is nowhere" },
	};
	struct scratch *s = *state;
	CLEANUP(freep) char *image = scratch_path(s, "image");

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(fat_reader_freep) struct fat_reader *r = NULL;
		CLEANUP(fd_closep) int fd = -1;
		struct error err = ERROR_INIT;
		struct filetree *t = NULL;

		(void)unlink(image);
		free(TOOL("mkfs.fat", "-C", "-F", "32", image, "40960"));
		fd = open(image, O_RDWR | O_CLOEXEC);
		assert_ok(fd_pwrite_all(fd, cases[i].bytes, cases[i].length, cases[i].at,
				  "image", &err),
			&err);
		assert_false(fat_reader_open(&DISK_SOURCE(fd), "image", 0, 40 * MIB, &r,
				     &err) == 0 &&
			     fat_reader_list(r, &t, &err) == 0);
		assert_int_equal(err.code, ERR_FORMAT);
		assert_contains(err.msg, cases[i].says);
	}
}

int main(void)
{
#define SCRATCH(f) cmocka_unit_test_setup_teardown(f, scratch_setup, scratch_teardown)
	const struct CMUnitTest tests[] = {
		SCRATCH(mkfs_fat_of_each_kind),
		SCRATCH(our_own_layout),
		SCRATCH(damage_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
