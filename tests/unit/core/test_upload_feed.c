/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/upload_feed.h"

#include "aws/ebs.h"
#include "unit.h"

/* More than are read ahead. */
enum { BLOCKS = 30 };

/* A disk whose blocks have their number plus one as their first byte, but for each third
 * one, which is a hole, and each fifth one, which is zero. */
static struct upload_source *make_source(const char *dir)
{
	CLEANUP(freep) char *path = path_join(dir, "disk");
	CLEANUP(freep) char *block = xcalloc(1, EBS_BLOCK_BYTES);
	CLEANUP(fd_closep)
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	struct upload_source *source = NULL;
	struct error err = ERROR_INIT;

	for (int i = 0; i < BLOCKS; i++) {
		block[0] = i % 5 ? (char)(i + 1) : '\0';
		if (i % 3)
			assert_int_equal(pwrite(fd, block, EBS_BLOCK_BYTES,
						 (off_t)i * (off_t)EBS_BLOCK_BYTES),
				EBS_BLOCK_BYTES);
	}
	assert_int_equal(ftruncate(fd, BLOCKS * (off_t)EBS_BLOCK_BYTES), 0);
	if (upload_source_open(path, NULL, &source, &err) < 0)
		fail_msg("%s", err.msg);
	return source;
}

static void assert_digest(const struct upload_feed_block *block)
{
	CLEANUP(hash_freep) struct hash *h = hash_new();
	uint8_t digest[SHA256_BYTES];

	hash_add(h, block->data, EBS_BLOCK_BYTES);
	hash_end(h, digest);
	assert_memory_equal(block->digest, digest, SHA256_BYTES);
}

static void blocks_come_in_their_order_with_their_digests(void **state)
{
	CLEANUP(upload_source_freep) struct upload_source *source = make_source(*state);
	static struct transfer_stored stored = { .index = 7, .digest = { 1, 2, 3 } };
	const struct transfer_past past = { .blocks = &stored, .count = 1 };
	const struct upload_feed_spec spec = { .source = source, .past = &past };
	CLEANUP(upload_feed_freep) struct upload_feed *f = NULL;
	CLEANUP(freep) uint8_t *buffer = xmalloc(EBS_BLOCK_BYTES);
	struct upload_feed_block block = { .data = buffer };
	enum upload_feed_state state_is;
	struct error err = ERROR_INIT;

	assert_int_equal(upload_feed_start(&spec, &f, &err), 0);
	assert_in_range(
		upload_feed_left_most(f), 2 * BLOCKS / 3 - BLOCKS / 5, 2 * BLOCKS / 3);
	for (int i = 0; i < BLOCKS; i++) {
		if (i % 3 == 0 || i % 5 == 0)
			continue;
		assert_int_equal(upload_feed_await(f, &block, &state_is, &err), 0);
		buffer = block.data;
		assert_int_equal(block.index, i);
		if (i == 7) {
			assert_int_equal(state_is, UPLOAD_FEED_STORED);
			assert_memory_equal(block.digest, stored.digest, SHA256_BYTES);
			continue;
		}
		assert_int_equal(state_is, UPLOAD_FEED_BLOCK);
		assert_int_equal(block.data[0], i + 1);
		assert_digest(&block);
	}
	for (int i = 0; i < 2; i++) {
		assert_int_equal(upload_feed_await(f, &block, &state_is, &err), 0);
		assert_int_equal(state_is, UPLOAD_FEED_END);
		assert_int_equal(upload_feed_left_most(f), 0);
	}
}

static void what_cannot_be_read_is_told_behind_what_could(void **state)
{
	CLEANUP(upload_source_freep) struct upload_source *source = make_source(*state);
	CLEANUP(freep) char *path = path_join(*state, "disk");
	const struct upload_feed_spec spec = { .source = source };
	CLEANUP(upload_feed_freep) struct upload_feed *f = NULL;
	CLEANUP(freep) uint8_t *buffer = xmalloc(EBS_BLOCK_BYTES);
	struct upload_feed_block block = { .data = buffer };
	enum upload_feed_state state_is;
	struct error err = ERROR_INIT;

	assert_int_equal(truncate(path, 2 * EBS_BLOCK_BYTES + 100), 0);
	assert_int_equal(upload_feed_start(&spec, &f, &err), 0);
	assert_int_equal(upload_feed_await(f, &block, &state_is, &err), 0);
	buffer = block.data;
	assert_int_equal(block.index, 1);
	assert_int_equal(upload_feed_await(f, &block, &state_is, &err), -1);
	unit_assert_error(&err, ERR_FORMAT, "became shorter while it was read");
}

/* Its ring is full, and nobody takes. */
static void it_ends_when_it_is_given_up(void **state)
{
	CLEANUP(upload_source_freep) struct upload_source *source = make_source(*state);
	const struct upload_feed_spec spec = { .source = source };
	struct upload_feed *f = NULL;
	struct error err = ERROR_INIT;

	assert_int_equal(upload_feed_start(&spec, &f, &err), 0);
	f = upload_feed_free(f);
	assert_null(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(blocks_come_in_their_order_with_their_digests),
		SCRATCH_TEST(what_cannot_be_read_is_told_behind_what_could),
		SCRATCH_TEST(it_ends_when_it_is_given_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
