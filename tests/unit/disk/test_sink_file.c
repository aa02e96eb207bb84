/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/size.h"
#include "disk/sink.h"

struct listener {
	struct progress base;
	unsigned int calls;
	uint64_t done, total;
};

static void listen(struct progress *p, const struct progress_event *event)
{
	struct listener *l = (struct listener *)p;

	assert_int_equal(event->kind, PROGRESS_AMOUNT);
	assert_true(event->done >= l->done);
	l->calls++;
	l->done = event->done;
	l->total = event->total;
}

/* Data at odd places, zeros inside and behind, and a size that is no multiple of
 * anything. */
static struct blockmap *odd_map(void)
{
	struct blockmap *m = blockmap_new(41 * MIB + 777);
	uint8_t *long_run = xcalloc(1, 3 * MIB);
	struct error err = ERROR_INIT;

	fill_pattern(long_run, MIB, 1);
	fill_pattern(long_run + 2 * MIB, MIB, 2);
	blockmap_add_memory(m, 5000, long_run, 3 * MIB);
	blockmap_add_memory(m, 0, xstrdup("start"), 5);
	blockmap_add_memory(m, 20 * MIB, xcalloc(1, MIB), MIB);
	blockmap_add_memory(m, 40 * MIB + 4095, xstrdup("end"), 3);
	assert_ok(blockmap_seal(m, &err), &err);
	return m;
}

/* What is said to be settled is in the file. */
struct follower {
	int fd;
	const uint8_t *expected;
	uint64_t settled_bytes;
};

static void follow(void *userdata, uint64_t bytes)
{
	struct follower *f = userdata;
	const size_t n = (size_t)(bytes - f->settled_bytes);
	CLEANUP(freep) uint8_t *have = xmalloc(n + 1);

	assert_true(bytes >= f->settled_bytes);
	assert_int_equal(pread(f->fd, have, n, (off_t)f->settled_bytes), n);
	assert_memory_equal(have, f->expected + f->settled_bytes, n);
	f->settled_bytes = bytes;
}

static void test_what_is_settled_is_told(void **state)
{
	CLEANUP(blockmap_freep) struct blockmap *m = odd_map();
	CLEANUP(freep) uint8_t *expected = read_map(m);
	CLEANUP(freep) char *path = scratch_path(*state, "followed");
	CLEANUP(fd_closep)
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	CLEANUP(sink_freep) struct sink *sink = sink_file_new(fd, "followed");
	struct follower f = { .fd = fd, .expected = expected };
	struct error err = ERROR_INIT;

	sink->settled = follow;
	sink->userdata = &f;
	assert_ok(sink_write(sink, m, NULL, &err), &err);
	assert_true(f.settled_bytes > 40 * MIB);
}

static void test_file_equals_map(void **state)
{
	struct scratch *s = *state;
	CLEANUP(blockmap_freep) struct blockmap *m = odd_map();
	CLEANUP(freep) char *path = write_map(s, m, "out");
	CLEANUP(freep) uint8_t *expected = read_map(m);
	size_t length;
	CLEANUP(freep) char *bytes = read_file(path, &length);
	struct stat st;

	assert_int_equal(length, blockmap_size_bytes(m));
	assert_memory_equal(bytes, expected, length);
	assert_return_code(stat(path, &st), 0);
	assert_true((uint64_t)st.st_blocks * 512 <= 2 * MIB + 64 * KIB);
}

static void test_counts_and_progress(void **state)
{
	struct scratch *s = *state;
	CLEANUP(blockmap_freep) struct blockmap *m = odd_map();
	CLEANUP(freep) char *path = scratch_path(s, "out");
	CLEANUP(fd_closep) int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	CLEANUP(sink_freep) struct sink *sink = sink_file_new(fd, "out");
	struct listener l = { .base.report = listen };
	struct error err = ERROR_INIT;

	assert_ok(sink_write(sink, m, &l.base, &err), &err);
	/* 5 bytes, two runs of 1 MiB that do not start at a block, 3 bytes across two
	 * blocks. */
	assert_int_equal(sink->written_bytes, 2 * (MIB + 4096) + 3 * 4096);
	assert_true(l.calls >= 4);
	assert_int_equal(l.done, blockmap_data_bytes(m));
	assert_int_equal(l.total, blockmap_data_bytes(m));
}

static void test_refused_write_names_the_file(void **state)
{
	CLEANUP(blockmap_freep) struct blockmap *m = odd_map();
	CLEANUP(fd_closep)
	int fd = memfd_create("target", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	CLEANUP(sink_freep) struct sink *sink = sink_file_new(fd, "out.raw");
	struct error err = ERROR_INIT;

	(void)state;
	assert_return_code(ftruncate(fd, (off_t)blockmap_size_bytes(m)), 0);
	assert_return_code(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), 0);
	assert_int_equal(sink_write(sink, m, NULL, &err), -1);
	assert_int_equal(err.code, ERR_SYSTEM);
	assert_contains(err.msg, "out.raw");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_file_equals_map, scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(
			test_what_is_settled_is_told, scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(
			test_counts_and_progress, scratch_setup, scratch_teardown),
		cmocka_unit_test(test_refused_write_names_the_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
