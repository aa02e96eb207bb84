/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/image_blocks.h"

#include <signal.h>

#include "core/kept_blocks_file.h"
#include "service_support.h"
#include "unit.h"

/* What the fake sends as the content of a block: its bytes count from 0 to 250. */
#define SHA256_OF_BODY "YdHZxXRb2qT6s5JAZRvCQqUYaxU5P9R1CC/PboT0AKs="
#define BLOCK(index) "{\\\"BlockIndex\\\": " #index ", \\\"BlockToken\\\": \\\"t\\\"}"
#define LIST                                                                             \
	"{\"path\": \"/snapshots/snap-1/blocks?\", \"times\": 0, \"body\": "             \
	"\"{\\\"VolumeSize\\\": 1, \\\"Blocks\\\": [" BLOCK(5) ", " BLOCK(7) ", " BLOCK( \
		9) "]}\"}"
#define BLOCKS                                                                     \
	"{\"path\": \"/snapshots/snap-1/blocks/\", \"times\": 0, \"body\": "       \
	"{\"bytes\": 524288}, \"headers\": {\"x-amz-Checksum\": \"" SHA256_OF_BODY \
	"\", \"x-amz-Checksum-Algorithm\": \"SHA256\"}}"
#define REFUSED                                                                  \
	"{\"path\": \"/snapshots/snap-1/blocks/\", \"status\": 403, \"times\": " \
	"1}, " BLOCKS

/* How many requests have that. */
static unsigned int asked(const struct service *s, const char *what)
{
	unsigned int count = 0;

	for (unsigned int n = 1;; n++) {
		CLEANUP(freep) char *request = fake_request(s->fake, n);

		if (!request)
			return count;
		count += strstr(request, what) != NULL;
	}
}

static unsigned int fetched(const struct service *s)
{
	return asked(s, "blockToken=");
}

static struct image_blocks *begin(struct service *s, const char *dir, const char *answers)
{
	CLEANUP(freep) char *script = xasprintf("{\"answers\": [%s]}", answers);
	struct image_blocks *b = NULL;
	struct error err = ERROR_INIT;

	assert_int_equal(setenv("XDG_CACHE_HOME", dir, 1), 0);
	if (!s->ebs)
		service_start(s, dir, script);
	if (image_blocks_open(s->ebs, "snap-1", &b, &err) < 0)
		fail_msg("%s", err.msg);
	return b;
}

static struct block_set *set_of(uint64_t a, uint64_t b)
{
	struct block_set *set = block_set_new(GIB);

	block_set_add(set, a);
	block_set_add(set, b);
	return set;
}

static void has_byte(struct image_blocks *b, uint64_t index, uint8_t wanted)
{
	CLEANUP(upload_source_freep) struct upload_source *source = NULL;
	CLEANUP(freep) uint8_t *block = xmalloc(EBS_BLOCK_BYTES);
	struct error err = ERROR_INIT;

	if (image_blocks_source(b, "the image", &source, &err) < 0 ||
		upload_source_read(source, index, block, &err) < 0)
		fail_msg("%s", err.msg);
	assert_int_equal(upload_source_bytes(source), GIB);
	assert_int_equal(block[3], wanted);
}

static void each_is_fetched_once_and_when_it_is_wanted(void **state)
{
	CLEANUP(service_releasep) struct service s = { 0 };
	CLEANUP(image_blocks_freep)
	struct image_blocks *b = begin(&s, *state, LIST ", " BLOCKS);
	/* The snapshot does not have block 6. */
	CLEANUP(block_set_freep) struct block_set *first = set_of(6, 7);
	CLEANUP(block_set_freep) struct block_set *second = set_of(7, 9);
	CLEANUP(block_set_freep) struct block_set *nothing = block_set_new(GIB);
	struct error err = ERROR_INIT;
	uint64_t count = 0;

	assert_int_equal(image_blocks_volume_bytes(b), GIB);
	assert_int_equal(image_blocks_count(b, &count, &err), 0);
	assert_int_equal(count, 3);
	assert_null(image_blocks_known(b));
	assert_int_equal(image_blocks_fetch(b, nothing, NULL, &err), 0);
	has_byte(b, 7, 0);
	assert_int_equal(fetched(&s), 0);
	assert_int_equal(image_blocks_fetch(b, first, NULL, &err), 0);
	assert_int_equal(image_blocks_fetch(b, first, NULL, &err), 0);
	assert_int_equal(fetched(&s), 1);
	has_byte(b, 6, 0);
	has_byte(b, 7, 3);
	has_byte(b, 9, 0);
	assert_int_equal(image_blocks_fetch(b, second, NULL, &err), 0);
	assert_int_equal(fetched(&s), 2);
	has_byte(b, 9, 3);
	assert_int_equal(image_blocks_fetch(b, NULL, NULL, &err), 0);
	assert_int_equal(image_blocks_fetch(b, NULL, NULL, &err), 0);
	assert_int_equal(fetched(&s), 3);
	/* The list: to open it, to count, and for each that had something to fetch. */
	assert_int_equal(asked(&s, "/blocks?"), 5);
	has_byte(b, 5, 3);
}

static void what_failed_fails_for_all(void **state)
{
	CLEANUP(service_releasep) struct service s = { 0 };
	CLEANUP(image_blocks_freep)
	struct image_blocks *b = begin(&s, *state, LIST ", " REFUSED);

	for (int i = 0; i < 2; i++) {
		struct error err = ERROR_INIT;

		assert_int_equal(image_blocks_fetch(b, NULL, NULL, &err), -1);
		assert_non_null(strstr(err.msg, "fetch what is to be sent: read snap-1"));
	}
}

static void digest_of_body(uint8_t ret[static SHA256_BYTES])
{
	CLEANUP(hash_freep) struct hash *h = hash_new();
	CLEANUP(freep) uint8_t *block = xmalloc(EBS_BLOCK_BYTES);

	for (size_t i = 0; i < EBS_BLOCK_BYTES; i++)
		block[i] = (uint8_t)(i % 251);
	hash_add(h, block, EBS_BLOCK_BYTES);
	hash_end(h, ret);
}

/* Digests of all three, of which that of 9 is `last`. */
static void keep(const struct service *s, const uint8_t *last)
{
	CLEANUP(kept_blocks_releasep) struct kept_blocks k = { 0 };
	CLEANUP(freep) char *key = kept_blocks_key(s->ebs, "snap-1");
	uint8_t digest[SHA256_BYTES];

	digest_of_body(digest);
	kept_blocks_add(&k, 5, digest);
	kept_blocks_add(&k, 7, digest);
	kept_blocks_add(&k, 9, last ? last : digest);
	kept_blocks_save(key, &k);
}

static void digests_that_were_kept_are_known(void **state)
{
	CLEANUP(service_releasep) struct service s = { 0 };
	struct image_blocks *b = begin(&s, *state, LIST ", " BLOCKS);
	struct error err = ERROR_INIT;
	uint64_t count = 0;

	b = image_blocks_free(b);
	keep(&s, NULL);
	b = begin(&s, *state, "");
	assert_non_null(image_blocks_known(b));
	assert_int_equal(image_blocks_count(b, &count, &err), 0);
	assert_int_equal(count, 3);
	if (image_blocks_fetch(b, NULL, NULL, &err) < 0)
		fail_msg("%s", err.msg);
	b = image_blocks_free(b);
	assert_null(b);
}

static void digests_that_lie_are_not_kept(void **state)
{
	static const uint8_t other[SHA256_BYTES] = { 1 };
	CLEANUP(service_releasep) struct service s = { 0 };
	struct image_blocks *b = begin(&s, *state, LIST ", " BLOCKS);
	struct error err = ERROR_INIT;

	b = image_blocks_free(b);
	keep(&s, other);
	b = begin(&s, *state, "");
	assert_int_equal(image_blocks_fetch(b, NULL, NULL, &err), -1);
	assert_int_equal(err.code, ERR_UNTRUSTED);
	assert_non_null(strstr(err.msg, "block 9 of snap-1 is not what was kept of it"));
	b = image_blocks_free(b);
	b = begin(&s, *state, "");
	assert_null(image_blocks_known(b));
	b = image_blocks_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(each_is_fetched_once_and_when_it_is_wanted),
		SCRATCH_TEST(what_failed_fails_for_all),
		SCRATCH_TEST(digests_that_were_kept_are_known),
		SCRATCH_TEST(digests_that_lie_are_not_kept),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
