/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/upload_parent.h"

#include <signal.h>

#include "core/kept_blocks_file.h"
#include "service_support.h"
#include "unit.h"

/* What the fake sends as the content of a block. */
#define SHA256_OF_BODY "YdHZxXRb2qT6s5JAZRvCQqUYaxU5P9R1CC/PboT0AKs="
#define LIST                                                                          \
	"{\"path\": \"/snapshots/snap-1/blocks?\", \"times\": 0, \"body\": "          \
	"\"{\\\"VolumeSize\\\": 1, \\\"Blocks\\\": [{\\\"BlockIndex\\\": 5, "         \
	"\\\"BlockToken\\\": \\\"t\\\"}, {\\\"BlockIndex\\\": 7, \\\"BlockToken\\\":" \
	" \\\"t\\\"}]}\"}"
#define BLOCKS                                                                     \
	"{\"path\": \"/snapshots/snap-1/blocks/\", \"times\": 0, \"body\": "       \
	"{\"bytes\": 524288}, \"headers\": {\"x-amz-Checksum\": \"" SHA256_OF_BODY \
	"\", \"x-amz-Checksum-Algorithm\": \"SHA256\"}}"

/* A disk that has the fake's content in block 5, and another one in block 7. */
static struct upload_source *make_source(const char *dir)
{
	CLEANUP(freep) char *path = path_join(dir, "disk");
	CLEANUP(freep) char *block = xcalloc(1, EBS_BLOCK_BYTES);
	CLEANUP(fd_closep)
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	struct upload_source *source = NULL;
	struct error err = ERROR_INIT;

	for (size_t i = 0; i < EBS_BLOCK_BYTES; i++)
		block[i] = (char)(i % 251);
	for (off_t index = 5; index <= 7; index += 2) {
		assert_int_equal(pwrite(fd, block, EBS_BLOCK_BYTES,
					 index * (off_t)EBS_BLOCK_BYTES),
			EBS_BLOCK_BYTES);
		block[0] = 'x';
	}
	if (upload_source_open(path, NULL, &source, &err) < 0)
		fail_msg("%s", err.msg);
	return source;
}

/* Compares with the parent, and finds that block 7 differs. */
static struct upload_parent *compare(struct service *s, struct upload_source *source)
{
	struct upload_parent *p = NULL;
	struct error err = ERROR_INIT;
	uint64_t index = 0;

	if (upload_parent_open(s->ebs, "snap-1", &p, &err) < 0 ||
		upload_parent_compare(p, source, GIB, NULL, &err) < 0)
		fail_msg("%s", err.msg);
	assert_int_equal(upload_parent_volume_bytes(p), GIB);
	assert_true(block_set_seek(upload_parent_delta(p), &index));
	assert_int_equal(index, 7);
	index++;
	assert_false(block_set_seek(upload_parent_delta(p), &index));
	return p;
}

static unsigned int requests_of(const struct service *s)
{
	unsigned int n = 0;

	for (;;) {
		CLEANUP(freep) char *request = fake_request(s->fake, n + 1);

		if (!request)
			return n;
		n++;
	}
}

static void begin(struct service *s, const char *dir)
{
	service_start(s, dir, "{\"answers\": [" LIST ", " BLOCKS "]}");
	assert_int_equal(setenv("XDG_CACHE_HOME", dir, 1), 0);
}

static void it_is_fetched_once(void **state)
{
	CLEANUP(upload_source_freep) struct upload_source *source = make_source(*state);
	CLEANUP(service_releasep) struct service s = { 0 };

	begin(&s, *state);
	(void)upload_parent_free(compare(&s, source));
	assert_int_equal(requests_of(&s), 3);
	(void)upload_parent_free(compare(&s, source));
	assert_int_equal(requests_of(&s), 4);
	/* What was made of it was refused: it is looked at again. */
	upload_parent_forget(s.ebs, "snap-1");
	(void)upload_parent_free(compare(&s, source));
	assert_int_equal(requests_of(&s), 7);
}

/* Digests that are good, and of other blocks than the service lists. */
static void digests_of_other_blocks_are_not_believed(void **state)
{
	static const uint64_t cases[][3] = { { 5, 6, 0 }, { 5, 0, 0 }, { 5, 7, 8 } };
	static const size_t counts[] = { 2, 1, 3 };
	static const uint8_t digest[SHA256_BYTES];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(upload_source_freep)
		struct upload_source *source = make_source(*state);
		CLEANUP(service_releasep) struct service s = { 0 };
		CLEANUP(kept_blocks_releasep) struct kept_blocks k = { 0 };
		CLEANUP(freep) char *key = NULL;
		struct upload_parent *p;

		begin(&s, *state);
		for (size_t n = 0; n < counts[i]; n++)
			kept_blocks_add(&k, cases[i][n], digest);
		key = kept_blocks_key(s.ebs, "snap-1");
		kept_blocks_save(key, &k);
		p = upload_parent_free(compare(&s, source));
		assert_null(p);
		kept_blocks_release(&k);
		assert_true(kept_blocks_load(key, &k));
		assert_int_equal(k.count, 2);
	}
}

static void a_child_is_known_by_what_was_sent_and_its_parent(void **state)
{
	CLEANUP(upload_source_freep) struct upload_source *source = make_source(*state);
	CLEANUP(service_releasep) struct service s = { 0 };
	CLEANUP(kept_blocks_releasep) struct kept_blocks sent = { 0 }, child = { 0 };
	static const uint8_t digest[SHA256_BYTES] = { 1, 2, 3 };
	CLEANUP(freep) char *key = NULL;
	struct upload_parent *p;
	char text[SHA256_BASE64_CHARS + 1];

	begin(&s, *state);
	p = compare(&s, source);
	kept_blocks_add(&sent, 7, digest);
	upload_keep(s.ebs, "snap-2", &sent, p);
	p = upload_parent_free(p);
	key = kept_blocks_key(s.ebs, "snap-2");
	assert_true(kept_blocks_load(key, &child));
	assert_int_equal(child.count, 2);
	assert_int_equal(child.blocks[0].index, 5);
	hash_format_base64(child.blocks[0].digest, text);
	assert_string_equal(text, SHA256_OF_BODY);
	assert_int_equal(child.blocks[1].index, 7);
	assert_memory_equal(child.blocks[1].digest, digest, SHA256_BYTES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(it_is_fetched_once),
		SCRATCH_TEST(digests_of_other_blocks_are_not_believed),
		SCRATCH_TEST(a_child_is_known_by_what_was_sent_and_its_parent),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
