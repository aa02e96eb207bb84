/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/upload_delta.h"

#include <signal.h>

#include "aws/ebs.h"
#include "service_support.h"
#include "unit.h"

/* A parent without a block: what the disk has is what differs. */
static const char script[] = "{\"answers\": [{\"body\": \"{\\\"VolumeSize\\\": 1, "
			     "\\\"Blocks\\\": []}\"}]}";

static void blocks_that_differ_are_found(void **state)
{
	static const uint64_t blocks[] = { 0, 63, 64, 200, 2047 };
	CLEANUP(freep) char *path = path_join(*state, "disk");
	CLEANUP(fd_closep) int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	CLEANUP(upload_source_freep) struct upload_source *source = NULL;
	CLEANUP(service_releasep) struct service s = { 0 };
	CLEANUP(block_list_freep) struct block_list *parent = NULL;
	struct block_set *d = NULL;
	struct error err = ERROR_INIT;
	uint64_t index = 0;

	assert_int_equal(pwrite(fd, "\0", 1, 5 * EBS_BLOCK_BYTES), 1);
	for (size_t i = 0; i < ARRAY_SIZE(blocks); i++)
		assert_int_equal(
			pwrite(fd, "x", 1, (off_t)(blocks[i] * EBS_BLOCK_BYTES)), 1);
	service_start(&s, *state, script);
	if (upload_source_open(path, NULL, &source, &err) < 0 ||
		block_list_open(s.ebs, "snap-1", &parent, &err) < 0 ||
		upload_delta_find(s.ebs, parent, source, GIB, NULL, NULL, &d, &err) < 0)
		fail_msg("%s", err.msg);
	for (size_t i = 0; i < ARRAY_SIZE(blocks); i++) {
		assert_true(block_set_seek(d, &index));
		assert_int_equal(index, blocks[i]);
		index++;
	}
	assert_false(block_set_seek(d, &index));
	d = block_set_free(d);
}

static void add(struct kept_blocks *k, uint64_t index, char byte)
{
	CLEANUP(hash_freep) struct hash *h = hash_new();
	CLEANUP(freep) char *block = xcalloc(1, EBS_BLOCK_BYTES);
	uint8_t digest[SHA256_BYTES];

	block[0] = byte;
	hash_add(h, block, EBS_BLOCK_BYTES);
	hash_end(h, digest);
	kept_blocks_add(k, index, digest);
}

static bool has(const struct block_set *d, uint64_t index)
{
	const uint64_t wanted = index;

	return block_set_seek(d, &index) && index == wanted;
}

/* The same as with a parent that is fetched: nothing is asked of a service here. */
static void digests_that_were_kept_tell_the_same(void **state)
{
	static const struct {
		uint64_t index;
		char there, here; /* '-': no block */
		bool differs;
	} blocks[] = {
		{ 0, 'x', 'x', false },
		{ 1, 'x', 'y', true },
		{ 2, '-', 'x', true },
		{ 3, 'x', '-', true }, /* a hole now */
		{ 4, 'x', '\0', true }, /* zeroes now */
		{ 5, '\0', '-', false },
		{ 6, '\0', '\0', false },
		{ 7, '-', '\0', false },
		{ 63, 'x', 'z', true },
		{ 64, 'x', 'x', false },
		{ 2046, 'x', '-', true }, /* behind the disk's end */
		{ 2047, '\0', '-', false },
	};
	CLEANUP(freep) char *path = path_join(*state, "disk");
	CLEANUP(freep) char *data = xcalloc(1, EBS_BLOCK_BYTES);
	CLEANUP(fd_closep) int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	CLEANUP(upload_source_freep) struct upload_source *source = NULL;
	CLEANUP(kept_blocks_releasep) struct kept_blocks parent = { 0 }, disk = { 0 };
	CLEANUP(block_set_freep) struct block_set *d = NULL;
	CLEANUP(block_set_freep) struct block_set *of_kept = NULL;
	struct error err = ERROR_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(blocks); i++) {
		if (blocks[i].there != '-')
			add(&parent, blocks[i].index, blocks[i].there);
		data[0] = blocks[i].here;
		if (blocks[i].here != '-')
			add(&disk, blocks[i].index, blocks[i].here);
		if (blocks[i].here != '-')
			assert_int_equal(
				pwrite(fd, data, EBS_BLOCK_BYTES,
					(off_t)(blocks[i].index * EBS_BLOCK_BYTES)),
				EBS_BLOCK_BYTES);
	}
	kept_blocks_seal(&parent);
	kept_blocks_seal(&disk);
	if (upload_source_open(path, NULL, &source, &err) < 0 ||
		upload_delta_find_kept(&parent, source, GIB, NULL, &d, &err) < 0)
		fail_msg("%s", err.msg);
	of_kept = upload_delta_of_kept(&parent, &disk, GIB);
	for (size_t i = 0; i < ARRAY_SIZE(blocks); i++) {
		const uint64_t index = blocks[i].index;

		if (has(d, index) != blocks[i].differs)
			fail_msg("block %d", (int)index);
		if (has(of_kept, index) != blocks[i].differs)
			fail_msg("block %d, as its digests say", (int)index);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(blocks_that_differ_are_found),
		SCRATCH_TEST(digests_that_were_kept_tell_the_same),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
