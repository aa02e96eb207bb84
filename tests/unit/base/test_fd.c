/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/fd.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include "unit.h"

static void short_counts_are_made_whole(void **state)
{
	CLEANUP(fd_closep) int read_end = -1;
	enum { PIECES = 100, PIECE_BYTES = 3000 };
	struct error err = ERROR_INIT;
	char *got = xcalloc(PIECES, PIECE_BYTES);
	int ends[2];
	size_t n;
	pid_t writer;

	(void)state;
	assert_int_equal(fd_pipe(ends, &err), 0);
	read_end = ends[0];
	writer = fork();
	if (writer == 0) {
		char piece[PIECE_BYTES];

		for (int i = 0; i < PIECES; i++) {
			memset(piece, 'a' + i % 26, sizeof(piece));
			if (fd_write_all(ends[1], piece, sizeof(piece), "p", &err) < 0)
				_exit(1);
		}
		_exit(0);
	}
	(void)close(ends[1]);
	assert_int_equal(
		fd_read(read_end, got, (size_t)PIECES * PIECE_BYTES, &n, "p", &err), 0);
	assert_int_equal(n, PIECES * PIECE_BYTES);
	for (int i = 0; i < PIECES * PIECE_BYTES; i++)
		assert_int_equal(got[i], 'a' + i / PIECE_BYTES % 26);
	assert_int_equal(fd_read(read_end, got, 1, &n, "p", &err), 0);
	assert_int_equal(n, 0);
	assert_int_equal(waitpid(writer, NULL, 0), writer);
	free(got);
}

static void places_are_read_and_written(void **state)
{
	CLEANUP(freep) char *path = path_join(*state, "f");
	CLEANUP(fd_closep) int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	struct error err = ERROR_INIT;
	char buf[8] = "";
	size_t n;

	assert_int_equal(fd_pwrite_all(fd, "world", 5, 6, "f", &err), 0);
	assert_int_equal(fd_pwrite_all(fd, "hello ", 6, 0, "f", &err), 0);
	assert_int_equal(fd_pread(fd, buf, 5, 6, &n, "f", &err), 0);
	assert_int_equal(n, 5);
	assert_string_equal(buf, "world");
	assert_int_equal(fd_pread(fd, buf, 8, 9, &n, "f", &err), 0);
	assert_int_equal(n, 2);
	assert_int_equal(lseek(fd, 0, SEEK_CUR), 0);
}

static void places_that_no_file_has_are_errors(void **state)
{
	static const uint64_t places[] = { UINT64_MAX, UINT64_MAX - 1,
		(uint64_t)INT64_MAX + 1, INT64_MAX };
	CLEANUP(freep) char *path = path_join(*state, "f");
	CLEANUP(fd_closep) int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		struct error err = ERROR_INIT;
		char c = 'x';
		size_t n = 77;

		assert_int_equal(fd_pwrite_all(fd, &c, 1, places[i], "f", &err), -1);
		unit_assert_error(&err, ERR_SYSTEM, "write 'f': File too large");
		assert_int_equal(fd_pread(fd, &c, 1, places[i], &n, "f", &err), -1);
		unit_assert_error(&err, ERR_SYSTEM, "read 'f'");
		assert_int_equal(n, 77);
	}
	assert_int_equal(lseek(fd, 0, SEEK_END), 0);
}

static void a_full_disk_has_a_class_of_its_own(void **state)
{
	CLEANUP(fd_closep) int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(fd_write_all(fd, "x", 1, "out.raw", &err), -1);
	unit_assert_error(&err, ERR_SPACE, "write 'out.raw': No space left on device");
	assert_int_equal(file_write_all("/dev/full", "x", 1, 0600, &err), -1);
	unit_assert_error(&err, ERR_SPACE, "write '/dev/full'");
}

static void what_fails_is_told_with_its_place(void **state)
{
	CLEANUP(fd_closep) int dir = open(*state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEANUP(fd_closep) int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	struct error err = ERROR_INIT;
	char c = 'x';
	size_t n;

	assert_int_equal(fd_pread(dir, &c, 1, 4096, &n, "d", &err), -1);
	unit_assert_error(&err, ERR_SYSTEM, "read 'd' at byte 4096: Is a directory");
	assert_int_equal(fd_read(dir, &c, 1, &n, "d", &err), -1);
	unit_assert_error(&err, ERR_SYSTEM, "read 'd': Is a directory");
	assert_int_equal(fd_pwrite_all(full, &c, 1, 77, "f", &err), -1);
	unit_assert_error(&err, ERR_SPACE, "write 'f' at byte 77: No space left");
}

static void a_small_file_is_read_up_to_its_cap(void **state)
{
	static const struct {
		size_t length, most;
		int rc;
	} cases[] = {
		{ 0, 0, 0 },
		{ 0, 10, 0 },
		{ 10, 10, 0 },
		{ 11, 10, -1 },
		{ 1, 0, -1 },
		{ 4095, 100000, 0 },
		{ 4096, 100000, 0 },
		{ 4097, 100000, 0 },
		{ 4096, 4096, 0 },
		{ 4097, 4096, -1 },
		{ 100000, 100000, 0 },
		{ 100001, 100000, -1 },
	};
	CLEANUP(freep) char *path = path_join(*state, "f");
	CLEANUP(freep) char *content = xmalloc(100001);

	for (size_t i = 0; i < 100001; i++)
		content[i] = (char)i;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(freep) char *data = NULL;
		struct error err = ERROR_INIT;
		size_t n = 77;

		assert_int_equal(
			file_write_all(path, content, cases[i].length, 0600, &err), 0);
		assert_int_equal(
			file_read_all(path, cases[i].most, &data, &n, &err), cases[i].rc);
		if (cases[i].rc < 0) {
			unit_assert_error(&err, ERR_FORMAT, path);
			assert_null(data);
			assert_int_equal(n, 77);
			continue;
		}
		assert_int_equal(n, cases[i].length);
		assert_memory_equal(data, content, n);
		assert_int_equal(data[n], '\0');
	}
}

static void what_is_no_file_cannot_be_read(void **state)
{
	CLEANUP(freep) char *data = NULL;
	CLEANUP(freep) char *missing = path_join(*state, "missing");
	struct error err = ERROR_INIT;

	assert_int_equal(file_read_all(*state, 10, &data, NULL, &err), -1);
	unit_assert_error(&err, ERR_SYSTEM, "Is a directory");
	assert_int_equal(file_read_all(missing, 10, &data, NULL, &err), -1);
	unit_assert_error(&err, ERR_SYSTEM, "No such file");
	assert_int_equal(err.detail, ENOENT);
	assert_null(data);
}

static void a_scratch_file_is_replaced_but_no_link_followed(void **state)
{
	CLEANUP(freep) char *path = path_join(*state, "f");
	CLEANUP(freep) char *link = path_join(*state, "link");
	CLEANUP(freep) char *data = NULL;
	struct error err = ERROR_INIT;

	assert_int_equal(file_write_all(path, "longer", 6, 0600, &err), 0);
	assert_int_equal(file_write_all(path, "new", 3, 0600, &err), 0);
	assert_int_equal(symlink("f", link), 0);
	assert_int_equal(file_write_all(link, "through", 7, 0600, &err), -1);
	assert_int_equal(file_read_all(path, 10, &data, NULL, &err), 0);
	assert_string_equal(data, "new");
}

static void descriptors_do_not_outlive_exec(void **state)
{
	struct error err = ERROR_INIT;
	int ends[2];

	(void)state;
	assert_int_equal(fd_pipe(ends, &err), 0);
	for (int i = 0; i < 2; i++) {
		assert_true(fcntl(ends[i], F_GETFD) & FD_CLOEXEC);
		(void)close(ends[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(short_counts_are_made_whole),
		SCRATCH_TEST(places_are_read_and_written),
		SCRATCH_TEST(places_that_no_file_has_are_errors),
		cmocka_unit_test(a_full_disk_has_a_class_of_its_own),
		SCRATCH_TEST(what_fails_is_told_with_its_place),
		SCRATCH_TEST(a_small_file_is_read_up_to_its_cap),
		SCRATCH_TEST(what_is_no_file_cannot_be_read),
		SCRATCH_TEST(a_scratch_file_is_replaced_but_no_link_followed),
		cmocka_unit_test(descriptors_do_not_outlive_exec),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
