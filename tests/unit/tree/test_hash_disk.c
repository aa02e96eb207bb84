/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree/hash_disk.h"

#include "unit.h"

static int make_disk(const char *dir, uint64_t size_bytes)
{
	CLEANUP(freep) char *path = path_join(dir, "disk");
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, (off_t)size_bytes), 0);
	return fd;
}

/* The expected values are Python's (hashlib, base64) of the same bytes. */
static void zero_blocks_do_not_count(void **state)
{
	CLEANUP(fd_closep) int fd = make_disk(*state, 4 * EBS_BLOCK_BYTES - 1000);
	CLEANUP(freep) char *text = xmalloc(EBS_BLOCK_BYTES);
	struct disk_digests d;
	struct error err = ERROR_INIT;

	memset(text, 'a', EBS_BLOCK_BYTES);
	assert_int_equal(
		fd_pwrite_all(fd, text, EBS_BLOCK_BYTES, EBS_BLOCK_BYTES, "disk", &err),
		0);
	assert_int_equal(
		fd_pwrite_all(fd, "end", 3, 4 * EBS_BLOCK_BYTES - 1003, "disk", &err), 0);
	assert_int_equal(hash_disk(fd, "disk", 4 * EBS_BLOCK_BYTES - 1000, &d, &err), 0);
	assert_int_equal(d.blocks, 2);
	assert_string_equal(d.sha256,
		"5ade6ed2b18457e770b04b02bf5f34628a2ffc6249f96f5c17a23cd462b271f5");
	assert_string_equal(d.linear, "/1hxM7vYYAQS0s8Pb8OINX8zymAG536tDIGkScyYJjE=");
}

static void a_disk_without_content_has_the_checksum_of_nothing(void **state)
{
	CLEANUP(fd_closep) int fd = make_disk(*state, 2 * EBS_BLOCK_BYTES);
	struct disk_digests d;
	struct error err = ERROR_INIT;

	assert_int_equal(hash_disk(fd, "disk", 2 * EBS_BLOCK_BYTES, &d, &err), 0);
	assert_int_equal(d.blocks, 0);
	assert_string_equal(d.linear, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
}

static void a_disk_that_ends_too_early_is_refused(void **state)
{
	CLEANUP(fd_closep) int fd = make_disk(*state, EBS_BLOCK_BYTES);
	struct disk_digests d;
	struct error err = ERROR_INIT;

	assert_int_equal(hash_disk(fd, "disk", EBS_BLOCK_BYTES + 1, &d, &err), -1);
	unit_assert_error(&err, ERR_FORMAT, "'disk' ends 1 bytes too early");
}

/* Each block with a hole behind it; slowly enough for the threads to look there while
 * it is the last. */
static void a_disk_is_hashed_while_it_is_written(void **state)
{
	const uint64_t size = 6 * EBS_BLOCK_BYTES + 4096;
	CLEANUP(fd_closep) int fd = make_disk(*state, size);
	CLEANUP(freep) char *text = xmalloc(EBS_BLOCK_BYTES);
	CLEANUP(disk_hash_freep) struct disk_hash *h = NULL;
	struct disk_digests followed, after;
	struct error err = ERROR_INIT;

	assert_int_equal(disk_hash_start(fd, "disk", size, &h, &err), 0);
	for (uint64_t block = 0; block < 6; block += 2) {
		memset(text, 'a' + (int)block, EBS_BLOCK_BYTES);
		assert_int_equal(fd_pwrite_all(fd, text, EBS_BLOCK_BYTES,
					 block * EBS_BLOCK_BYTES, "disk", &err),
			0);
		disk_hash_settled(h, (block + 2) * EBS_BLOCK_BYTES);
		assert_int_equal(usleep(20000), 0);
	}
	assert_int_equal(disk_hash_end(h, &followed, &err), 0);
	assert_int_equal(hash_disk(fd, "disk", size, &after, &err), 0);
	assert_int_equal(followed.blocks, 3);
	assert_string_equal(followed.sha256, after.sha256);
	assert_string_equal(followed.linear, after.linear);
}

static void nobody_waits_for_a_disk_that_is_given_up(void **state)
{
	CLEANUP(fd_closep) int fd = make_disk(*state, EBS_BLOCK_BYTES);
	CLEANUP(disk_hash_freep) struct disk_hash *h = NULL;
	struct error err = ERROR_INIT;

	assert_int_equal(disk_hash_start(fd, "disk", EBS_BLOCK_BYTES, &h, &err), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(zero_blocks_do_not_count),
		SCRATCH_TEST(a_disk_without_content_has_the_checksum_of_nothing),
		SCRATCH_TEST(a_disk_that_ends_too_early_is_refused),
		SCRATCH_TEST(a_disk_is_hashed_while_it_is_written),
		SCRATCH_TEST(nobody_waits_for_a_disk_that_is_given_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
