/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/path.h"
#include "base/size.h"
#include "disk/device.h"
#include "disk/sink.h"

enum { DEVICE_MIB = 24 };

static struct blockmap *some_map(uint64_t size)
{
	struct blockmap *m = blockmap_new(size);
	uint8_t *run = xcalloc(1, 200 * KIB);
	struct error err = ERROR_INIT;

	fill_pattern(run, 4096, 1); /* then a hole too short to be told, then data */
	fill_pattern(run + 40 * KIB, 160 * KIB, 2);
	blockmap_add_memory(m, 0, xstrdup("start"), 5);
	blockmap_add_memory(m, 3 * MIB, run, 200 * KIB);
	blockmap_add_memory(m, size - 512, xstrdup("end"), 3);
	assert_ok(blockmap_seal(m, &err), &err);
	return m;
}

/* A file full of other bytes, to stand for a device or behind one. */
static char *make_backing(struct scratch *s, uint64_t size)
{
	CLEANUP(freep) uint8_t *old = xmalloc(size);
	struct error err = ERROR_INIT;
	char *path = scratch_path(s, "backing");

	memset(old, 0xa5, size);
	assert_ok(file_write_all(path, old, size, 0600, &err), &err);
	return path;
}

/* The map, then what was there, then 1 MiB cleared where a backup table could be. */
static void check_backing(const char *path, const struct blockmap *m, uint64_t size)
{
	CLEANUP(freep) uint8_t *expected = read_map(m);
	const uint64_t map_size = blockmap_size_bytes(m);
	size_t length;
	CLEANUP(freep) char *bytes = read_file(path, &length);

	assert_int_equal(length, size);
	assert_memory_equal(bytes, expected, map_size);
	for (uint64_t i = map_size; i < size; i++)
		if ((uint8_t)bytes[i] != (i < size - MIB ? 0xa5 : 0))
			fail_msg("byte %llu is %02x", (unsigned long long)i,
				bytes[i] & 0xff);
}

/* A file knows no BLKZEROOUT: like a device that does not, it gets zeros written. */
static void test_zeros_are_written_where_they_cannot_be_told(void **state)
{
	struct scratch *s = *state;
	const uint64_t size = DEVICE_MIB * MIB;
	CLEANUP(blockmap_freep) struct blockmap *m = some_map(20 * MIB);
	CLEANUP(freep) char *path = make_backing(s, size);
	CLEANUP(fd_closep) int fd = open(path, O_RDWR | O_CLOEXEC);
	CLEANUP(sink_freep) struct sink *sink = sink_device_new(fd, path);
	struct error err = ERROR_INIT;

	assert_ok(sink_write(sink, m, NULL, &err), &err);
	assert_int_equal(sink->written_bytes, 4096 + 4096 + 160 * KIB + 4096);
	check_backing(path, m, size);
}

static void test_device_that_is_too_small(void **state)
{
	struct scratch *s = *state;
	CLEANUP(blockmap_freep) struct blockmap *m = some_map(20 * MIB);
	CLEANUP(freep) char *path = make_backing(s, 20 * MIB - 1);
	CLEANUP(fd_closep) int fd = open(path, O_RDWR | O_CLOEXEC);
	CLEANUP(sink_freep) struct sink *sink = sink_device_new(fd, path);
	struct error err = ERROR_INIT;

	assert_int_equal(sink_write(sink, m, NULL, &err), -1);
	assert_int_equal(err.code, ERR_SPACE);
	assert_contains(err.msg, path);
}

/*
 * A real device, where one can be made: root with loop devices. It lasts as long as the
 * descriptor is open, also when the test fails. NULL: cannot be made here.
 */
static char *attach(const char *backing, int *ret_fd)
{
	const char *const losetup[] = { "losetup", "-f", "--show", backing, NULL };
	CLEANUP(freep) char *tool = path_find_tool(losetup[0]);
	CLEANUP(freep) char *output = NULL;

	if (geteuid() != 0 || !tool || tool_exit(losetup, &output) != 0)
		return NULL;
	output[strcspn(output, "\n")] = '\0';
	*ret_fd = open(output, O_RDONLY | O_CLOEXEC);
	free(TOOL("losetup", "-d", output));
	assert_return_code(*ret_fd, 0);
	return TAKE_PTR(output);
}

static void use_loop_device(const char *device, const struct blockmap *m)
{
	CLEANUP(fd_closep) int fd = -1;
	CLEANUP(sink_freep) struct sink *sink = NULL;
	struct device_info info, other;
	struct error err = ERROR_INIT;
	int second = -1;

	assert_ok(device_open(device, &info, &fd, &err), &err);
	assert_int_equal(info.size_bytes, DEVICE_MIB * MIB);
	assert_contains(info.what, device);
	assert_contains(info.what, "24.0 MiB");
	/* While we have it, it is in use. */
	assert_int_equal(device_open(device, &other, &second, &err), -1);
	assert_int_equal(err.code, ERR_TARGET);
	sink = sink_device_new(fd, device);
	assert_ok(sink_write(sink, m, NULL, &err), &err);
}

/* False where no loop device can be had. */
static bool write_loop_device(struct scratch *s)
{
	const uint64_t size = DEVICE_MIB * MIB;
	CLEANUP(blockmap_freep) struct blockmap *m = some_map(20 * MIB);
	CLEANUP(freep) char *path = make_backing(s, size);
	CLEANUP(fd_closep) int keep_fd = -1;
	CLEANUP(freep) char *device = attach(path, &keep_fd);

	if (!device)
		return false;
	use_loop_device(device, m);
	check_backing(path, m, size);
	return true;
}

static void test_loop_device(void **state)
{
	/* skip() jumps out: nothing may be held then. */
	if (!write_loop_device(*state))
		skip();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_zeros_are_written_where_they_cannot_be_told),
		SCRATCH_TEST(test_device_that_is_too_small),
		SCRATCH_TEST(test_loop_device),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
