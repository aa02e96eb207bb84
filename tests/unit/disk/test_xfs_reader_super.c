/* SPDX-License-Identifier: GPL-2.0-or-later */
/* File systems that are cut off, too old, or damaged by xfs_db and by chance. */
#include <fcntl.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "base/size.h"
#include "xfs_images.h"

static void assert_refused(
	const char *image, uint64_t offset, uint64_t size, const char *says)
{
	CLEANUP(fd_closep) int fd = open(image, O_RDONLY | O_CLOEXEC);
	struct xfs_reader *r = NULL;
	struct filetree *t;
	struct error err = ERROR_INIT;

	if (xfs_reader_open(&DISK_SOURCE(fd), "image", offset, size, &r, &err) == 0 &&
		xfs_reader_list(r, &t, &err) == 0)
		fail_msg("it was taken, which should not be for: %s", says);
	xfs_reader_free(r);
	assert_int_equal(err.code, ERR_FORMAT);
	assert_contains(err.msg, says);
}

static void what_is_cut_off_old_or_none_is_refused(void **state)
{
	static const char *const none[4] = { NULL };
	static const char *const old[4] = { "-m", "crc=0" };
	CLEANUP(freep) char *image = xfs_make_image(*state, none);
	static const struct {
		uint64_t offset, size;
		const char *says;
	} cases[] = {
		{ 0, XFS_IMAGE_BYTES - 4096, "cut off" },
		{ 0, 512, "cut off" },
		{ 0, 511, "cut off" },
		{ 0, 100, "no superblock" },
		{ 4096, 200 * MIB, "no superblock" },
		{ 900 * MIB, MIB, "cut off" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_refused(image, cases[i].offset, cases[i].size, cases[i].says);
	CLEANUP(freep) char *of_old = xfs_make_image(*state, old);
	assert_refused(of_old, 0, XFS_IMAGE_BYTES, "XFS of version 4");
}

/* Each makes one thing a lie, with checksums that are right. */
static void what_xfs_db_has_damaged_is_refused(void **state)
{
	static const struct {
		const char *at, *command, *says;
	} cases[] = {
		{ "sb 0", "write -d features_incompat 0x8003",
			"not known here (0x8000)" },
		{ "sb 0", "write -d features_incompat 0x13", "marked for xfs_repair" },
		{ "sb 0", "write -d inprogress 1", "not made to its end" },
		{ "sb 0", "write -d agcount 9", "sizes make no sense" },
		{ "sb 0", "write -d agblklog 40", "sizes make no sense" },
		{ "sb 0", "write -d inopblog 7", "sizes make no sense" },
		{ "sb 0", "write -d blocksize 512", "sizes make no sense" },
		{ "sb 0", "write -d dirblklog 9", "sizes make no sense" },
		{ "sb 0", "write -d rootino 7", "an inode is none" },
		{ "sb 0", "write -d rootino 0xfffffffffff", "outside of it" },
		{ "sb 0", "write -d rootino 131", "root is no directory" },
		{ "sb 0", "write -c crc 5", "its superblock does not have its checksum" },
		{ "sb 0", "write -d uuid 01234567-89ab-cdef-0102-030405060708",
			"belongs elsewhere" },
		{ "sb 0", "write -d logstart 0xffffffffff", "log stands outside" },
		{ "path /d3", "write -c v3.crc 5", "inode does not have its checksum" },
		{ "path /d3", "write -d v3.inumber 5", "belongs elsewhere" },
		{ "path /d3", "write -d core.mode 0", "not in use" },
		{ "path /d3", "write -d core.magic 0", "an inode is none" },
		{ "path /d3", "write -d core.size 400", "has no end" },
		{ "path /d3", "write -d core.size 20", "has no end" },
		{ "path /d3", "write -d u3.sfdir3.hdr.count 4", "has no end" },
		{ "path /d3", "write -d core.forkoff 42", "no room" },
		{ "path /d3", "write -d u3.sfdir3.list[1].name \"a/b\"", "a name in" },
		{ "path /d3", "write -d u3.sfdir3.list[0].inumber.i4 128",
			"a directory stands in two places" },
		{ "path /d300", "write -d core.nextents 99", "no list of extents" },
		{ "path /d300", "write -d core.format 0", "no list of extents" },
		{ "path /d300", "write -d u3.bmx[0].startblock 0xfffffffff",
			"reaches outside" },
		{ "path /d300", "write -d u3.bmx[0].blockcount 0", "overlap" },
		{ "path /d300", "write -d u3.bmx[1].startoff 0", "overlap" },
		{ "path /d300", "write -d u3.bmx[0].startoff 0x3fffffffffffff",
			"a file has no end" },
		{ "path /slow", "write -d core.size 5000", "makes no sense" },
		{ "path /slow", "write -d core.size 337", "has no end" },
		{ "path /fast", "write -d core.size 900", "has no end" },
	};
	static const char *const options[4] = { NULL };
	CLEANUP(freep) char *image = xfs_make_image(*state, options);
	CLEANUP(freep) char *copy = scratch_path(*state, "copy");

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		free(TOOL("cp", "--sparse=always", image, copy));
		free(TOOL(
			"xfs_db", "-x", "-c", cases[i].at, "-c", cases[i].command, copy));
		assert_refused(copy, 0, XFS_IMAGE_BYTES, cases[i].says);
	}
}

/* Bytes that lie: any end but a crash. (The fuzz target makes checksums right again.) */
static void damage_ends_in_an_error_or_a_tree(void **state)
{
	enum { ROUNDS = 100 };
	static const char *const options[4] = { NULL };
	CLEANUP(freep) char *image = xfs_make_image(*state, options);
	CLEANUP(fd_closep) int fd = open(image, O_RDWR | O_CLOEXEC);
	uint32_t x = 1;

	for (int i = 0; i < ROUNDS; i++) {
		CLEANUP(xfs_reader_freep) struct xfs_reader *r = NULL;
		struct error err = ERROR_INIT;
		struct filetree *t = NULL;
		uint8_t noise[8];
		uint64_t at;
		char kept[sizeof(noise)];
		size_t got;

		fill_pattern(noise, sizeof(noise), (uint32_t)i);
		x = x * 1664525U + 1013904223U;
		at = (x >> 4) % (i % 2 ? 2 * MIB : KIB);
		assert_ok(fd_pread(fd, kept, sizeof(kept), at, &got, "x", &err), &err);
		assert_ok(fd_pwrite_all(fd, noise, sizeof(noise), at, "x", &err), &err);
		if (xfs_reader_open(&DISK_SOURCE(fd), "image", 0, XFS_IMAGE_BYTES, &r,
			    &err) == 0 &&
			xfs_reader_list(r, &t, &err) == 0)
			filetree_free(t);
		else
			assert_int_not_equal(err.code, ERR_NONE);
		assert_ok(fd_pwrite_all(fd, kept, sizeof(kept), at, "x", &err), &err);
	}
}

int main(void)
{
#define SCRATCH(f) cmocka_unit_test_setup_teardown(f, scratch_setup, scratch_teardown)
	const struct CMUnitTest tests[] = {
		SCRATCH(what_is_cut_off_old_or_none_is_refused),
		SCRATCH(what_xfs_db_has_damaged_is_refused),
		SCRATCH(damage_ends_in_an_error_or_a_tree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
