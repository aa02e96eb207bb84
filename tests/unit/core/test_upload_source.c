/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/upload_source.h"

#include <sys/stat.h>

#include "aws/ebs.h"
#include "unit.h"

/* "disk": a block of holes, one with a byte, seven of holes, and 100 bytes. */
static char *make_disk(void **state)
{
	char *path = path_join(*state, "disk");
	CLEANUP(fd_closep)
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	assert_int_equal(pwrite(fd, "x", 1, EBS_BLOCK_BYTES + 5000), 1);
	assert_int_equal(pwrite(fd, "y", 1, 9 * EBS_BLOCK_BYTES + 99), 1);
	return path;
}

static struct upload_source *open_source(const char *path)
{
	struct upload_source *s = NULL;
	struct error err = ERROR_INIT;

	if (upload_source_open(path, NULL, &s, &err) < 0)
		fail_msg("%s", err.msg);
	return s;
}

/* Where the search for data ends in what make_disk() describes. */
static void assert_holes_are_skipped(struct upload_source *s)
{
	static const struct {
		uint64_t from, to;
		bool found;
	} cases[] = {
		{ 0, 1, true },
		{ 1, 1, true },
		{ 2, 9, true },
		{ 9, 9, true },
		{ 10, 10, false },
		{ 1 << 20, 1 << 20, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t index = cases[i].from;
		struct error err = ERROR_INIT;
		bool found;

		assert_int_equal(upload_source_seek(s, &index, &found, &err), 0);
		assert_int_equal(found, cases[i].found);
		if (found)
			assert_int_equal(index, cases[i].to);
	}
}

/* Of one that is open, and whose name nobody needs. */
static void an_open_file_is_one(void **state)
{
	CLEANUP(freep) char *path = make_disk(state);
	CLEANUP(upload_source_freep) struct upload_source *s = NULL;
	CLEANUP(freep) uint8_t *block = xmalloc(EBS_BLOCK_BYTES);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct error err = ERROR_INIT;

	assert_int_equal(unlink(path), 0);
	assert_int_equal(upload_source_of_fd(&fd, "ami-0a", &s, &err), 0);
	assert_int_equal(fd, -1);
	assert_string_equal(upload_source_name(s), "ami-0a");
	assert_null(upload_source_identity(s));
	assert_holes_are_skipped(s);
	assert_int_equal(upload_source_read(s, 1, block, &err), 0);
	assert_int_equal(block[5000], 'x');
}

static void holes_are_skipped(void **state)
{
	CLEANUP(freep) char *path = make_disk(state);
	CLEANUP(upload_source_freep) struct upload_source *s = open_source(path);

	assert_holes_are_skipped(s);
	assert_int_equal(upload_source_bytes(s), 9 * EBS_BLOCK_BYTES + 100);
	assert_string_equal(upload_source_name(s), path);
}

static void behind_the_end_there_are_zeros(void **state)
{
	CLEANUP(freep) char *path = make_disk(state);
	CLEANUP(upload_source_freep) struct upload_source *s = open_source(path);
	CLEANUP(freep) uint8_t *block = xmalloc(EBS_BLOCK_BYTES);
	struct error err = ERROR_INIT;

	memset(block, 'z', EBS_BLOCK_BYTES);
	assert_int_equal(upload_source_read(s, 9, block, &err), 0);
	assert_int_equal(block[99], 'y');
	assert_int_equal(block[100], 0);
	assert_int_equal(block[EBS_BLOCK_BYTES - 1], 0);
	for (uint64_t index = 10; index < 12; index++) {
		memset(block, 'z', EBS_BLOCK_BYTES);
		assert_int_equal(upload_source_read(s, index, block, &err), 0);
		assert_int_equal(block[0] | block[EBS_BLOCK_BYTES - 1], 0);
	}
}

static void changes_are_noticed(void **state)
{
	CLEANUP(freep) char *path = make_disk(state);
	CLEANUP(upload_source_freep) struct upload_source *s = open_source(path);
	CLEANUP(freep) uint8_t *block = xmalloc(EBS_BLOCK_BYTES);
	struct error err = ERROR_INIT;

	assert_int_equal(upload_source_check(s, &err), 0);
	assert_non_null(upload_source_identity(s));
	assert_int_equal(truncate(path, 2 * EBS_BLOCK_BYTES), 0);
	assert_int_equal(upload_source_check(s, &err), -1);
	unit_assert_error(&err, ERR_FORMAT, "was changed while it was read");
	assert_int_equal(upload_source_read(s, 9, block, &err), -1);
	unit_assert_error(&err, ERR_FORMAT, "became shorter while it was read");
}

/* What comes from a pipe is copied, without its zeros, and has no identity. */
static void the_standard_input_is_read(void **state)
{
	CLEANUP(freep) char *path = make_disk(state);
	CLEANUP(fd_closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
	CLEANUP(fd_closep) int old = dup(STDIN_FILENO);
	CLEANUP(upload_source_freep) struct upload_source *s = NULL;
	uint64_t index = 0;
	struct error err = ERROR_INIT;
	bool found;

	assert_int_equal(setenv("TMPDIR", *state, 1), 0);
	assert_int_equal(dup2(fd, STDIN_FILENO), STDIN_FILENO);
	s = open_source("-");
	assert_int_equal(dup2(old, STDIN_FILENO), STDIN_FILENO);
	assert_int_equal(unsetenv("TMPDIR"), 0);
	assert_int_equal(upload_source_bytes(s), 9 * EBS_BLOCK_BYTES + 100);
	assert_null(upload_source_identity(s));
	assert_int_equal(upload_source_seek(s, &index, &found, &err), 0);
	assert_int_equal(index, 1);
	assert_int_equal(unit_count_entries(*state), 1);
}

/* The same disk, laid out and in no file. */
static void a_map_is_a_disk(void **state)
{
	CLEANUP(blockmap_freep)
	struct blockmap *m = blockmap_new(9 * EBS_BLOCK_BYTES + 100);
	CLEANUP(upload_source_freep) struct upload_source *s = NULL;
	CLEANUP(freep) uint8_t *block = xmalloc(EBS_BLOCK_BYTES);
	struct error err = ERROR_INIT;

	(void)state;
	blockmap_add_memory(m, EBS_BLOCK_BYTES + 5000, xstrdup("x"), 1);
	blockmap_add_memory(m, 9 * EBS_BLOCK_BYTES + 99, xstrdup("y"), 1);
	assert_int_equal(blockmap_seal(m, &err), 0);
	s = upload_source_of_map(m, "the disk");
	assert_holes_are_skipped(s);
	assert_int_equal(upload_source_read(s, 9, block, &err), 0);
	assert_int_equal(block[99], 'y');
	assert_int_equal(block[100], 0);
	assert_int_equal(block[EBS_BLOCK_BYTES - 1], 0);
	assert_int_equal(upload_source_read(s, 20, block, &err), 0);
	assert_int_equal(block[99], 0);
	assert_null(upload_source_identity(s));
	assert_int_equal(upload_source_check(s, &err), 0);
}

static void what_is_no_disk_is_refused(void **state)
{
	static const struct {
		const char *name;
		enum err_code code;
		const char *message;
	} cases[] = {
		{ "", ERR_FORMAT, "is a directory, not a disk image" },
		{ "pipe", ERR_FORMAT, "is no regular file" },
		{ "empty", ERR_FORMAT, "it is empty" },
		{ "qcow2", ERR_FORMAT, "a qcow2 image" },
		{ "missing", ERR_SYSTEM, "No such file" },
	};
	CLEANUP(freep) char *pipe = path_join(*state, "pipe");

	assert_int_equal(mkfifo(pipe, 0600), 0);
	unit_write_file(*state, "empty", "");
	unit_write_file(*state, "qcow2", "QFI\xfb and so on");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(freep) char *path = path_join(*state, cases[i].name);
		struct upload_source *s = NULL;
		struct error err = ERROR_INIT;

		assert_int_equal(upload_source_open(path, NULL, &s, &err), -1);
		unit_assert_error(&err, cases[i].code, cases[i].message);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(an_open_file_is_one),
		SCRATCH_TEST(holes_are_skipped),
		SCRATCH_TEST(behind_the_end_there_are_zeros),
		SCRATCH_TEST(changes_are_noticed),
		SCRATCH_TEST(the_standard_input_is_read),
		cmocka_unit_test(a_map_is_a_disk),
		SCRATCH_TEST(what_is_no_disk_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
