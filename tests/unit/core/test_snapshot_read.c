/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/snapshot_read.h"

#include <signal.h>

#include "service_support.h"
#include "unit.h"

#define LIST                                                                          \
	"{\"path\": \"/snapshots/snap-1/blocks?\", \"body\": \"{\\\"VolumeSize\\\": " \
	"1, \\\"BlockSize\\\": 524288, \\\"Blocks\\\": [{\\\"BlockIndex\\\": 5, "     \
	"\\\"BlockToken\\\": \\\"t\\\"}, {\\\"BlockIndex\\\": 7, "                    \
	"\\\"BlockToken\\\": \\\"u\\\"}]}\"}"
/* The same two blocks in two pages. */
#define FIRST_PAGE                                                                    \
	"{\"path\": \"/snapshots/snap-1/blocks?\", \"body\": \"{\\\"VolumeSize\\\": " \
	"1, \\\"NextToken\\\": \\\"n\\\", \\\"Blocks\\\": [{\\\"BlockIndex\\\": 5, "  \
	"\\\"BlockToken\\\": \\\"t\\\"}]}\"}"
#define LAST_PAGE                                                                     \
	"{\"path\": \"/snapshots/snap-1/blocks?\", \"body\": \"{\\\"VolumeSize\\\": " \
	"1, \\\"Blocks\\\": [{\\\"BlockIndex\\\": 7, \\\"BlockToken\\\": "            \
	"\\\"u\\\"}]}\"}"
#define GET "{\"path\": \"/snapshots/snap-1/blocks/7?blockToken=u\", "
/* Of the bytes that the fake makes. */
#define SHA256_OF_BODY "YdHZxXRb2qT6s5JAZRvCQqUYaxU5P9R1CC/PboT0AKs="
#define CHECKSUM "\"x-amz-Checksum\": \"" SHA256_OF_BODY "\""
#define SHA256_NAME "\"x-amz-Checksum-Algorithm\": \"SHA256\""
#define WHOLE "\"body\": {\"bytes\": 524288}"

/* What was asked for, what came, and what was told of it. */
struct seen {
	struct progress progress; /* first */
	char wanted[64], taken[64];
	unsigned int again; /* how often to be asked again */
	struct progress_event first, last;
};

static void hear(struct progress *progress, const struct progress_event *e)
{
	struct seen *s = (struct seen *)progress;

	assert_int_equal(e->kind, PROGRESS_AMOUNT);
	assert_true(e->done >= s->last.done);
	if (!s->first.kind)
		s->first = *e;
	s->last = *e;
}

static int want(
	void *userdata, uint64_t index, enum snapshot_want *ret, struct error *err)
{
	struct seen *s = userdata;
	size_t length = strlen(s->wanted);

	(void)err;
	(void)snprintf(s->wanted + length, sizeof(s->wanted) - length, "%d ", (int)index);
	*ret = index == 7 ? SNAPSHOT_FETCH : SNAPSHOT_SKIP;
	if (s->again) {
		s->again--;
		*ret = SNAPSHOT_ASK_AGAIN;
	}
	return 0;
}

static int take(void *userdata, const struct snapshot_block *block, struct error *err)
{
	struct seen *s = userdata;
	size_t length = strlen(s->taken);
	char digest[SHA256_BASE64_CHARS + 1];

	(void)err;
	hash_format_base64(block->digest, digest);
	(void)snprintf(s->taken + length, sizeof(s->taken) - length, "%d %s",
		(int)block->index, digest);
	assert_int_equal(block->data[EBS_BLOCK_BYTES - 1], (EBS_BLOCK_BYTES - 1) % 251);
	return 0;
}

static int read_from(struct service *s, struct seen *seen, struct error *err)
{
	CLEANUP(block_list_freep) struct block_list *list = NULL;
	struct snapshot_reading reading = { .ebs = s->ebs,
		.userdata = seen,
		.want = want,
		.take = take,
		.progress = &seen->progress };

	seen->progress.report = hear;
	if (block_list_open(s->ebs, "snap-1", &list, err) < 0)
		return -1;
	reading.list = list;
	return snapshot_read(&reading, err);
}

static void what_is_wanted_is_fetched(void **state)
{
	CLEANUP(service_releasep) struct service s = { 0 };
	struct seen seen = { .again = 2 };
	struct error err = ERROR_INIT;

	service_start(&s, *state,
		"{\"answers\": [" LIST ", " GET WHOLE ", \"headers\": {" CHECKSUM
		", " SHA256_NAME "}}]}");
	if (read_from(&s, &seen, &err) < 0)
		fail_msg("%s", err.msg);
	assert_string_equal(seen.wanted, "5 5 5 7 ");
	assert_string_equal(seen.taken, "7 " SHA256_OF_BODY);
}

/* The volume is of 2048. */
static void progress_is_of_the_blocks_that_there_are(void **state)
{
	static const struct {
		const char *pages;
		uint64_t first_total;
	} cases[] = {
		{ LIST, 2 },
		{ FIRST_PAGE ", " LAST_PAGE, 1 + 2048 - 6 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(service_releasep) struct service s = { 0 };
		CLEANUP(freep)
		char *script =
			xasprintf("{\"answers\": [%s, " GET WHOLE
				  ", \"headers\": {" CHECKSUM ", " SHA256_NAME "}}]}",
				cases[i].pages);
		struct seen seen = { .again = 0 };
		struct error err = ERROR_INIT;

		service_start(&s, *state, script);
		if (read_from(&s, &seen, &err) < 0)
			fail_msg("%s", err.msg);
		assert_int_equal(seen.first.done, EBS_BLOCK_BYTES);
		assert_int_equal(
			seen.first.total, cases[i].first_total * EBS_BLOCK_BYTES);
		assert_int_equal(seen.last.done, 2 * EBS_BLOCK_BYTES);
		assert_int_equal(seen.last.total, 2 * EBS_BLOCK_BYTES);
	}
}

static void blocks_that_lie_are_refused(void **state)
{
	static const struct {
		const char *answer;
		enum err_code code;
		const char *message;
	} cases[] = {
		{ WHOLE ", \"headers\": {\"x-amz-Checksum\": "
			"\"AAAA5nEh1Ig9RvLCMFJj9M1XbnTjnE6WxTC0SUWvKI8=\", " SHA256_NAME
			"}",
			ERR_UNTRUSTED, "block 7 of snap-1 was damaged on its way" },
		{ WHOLE ", \"headers\": {" CHECKSUM "}", ERR_FORMAT,
			"came without its SHA-256" },
		{ WHOLE ", \"headers\": {" SHA256_NAME "}", ERR_FORMAT,
			"came without its SHA-256" },
		{ WHOLE ", \"headers\": {" CHECKSUM
			", \"x-amz-Checksum-Algorithm\": \"MD5\"}",
			ERR_FORMAT, "came without its SHA-256" },
		{ "\"body\": {\"bytes\": 524287}, \"headers\": {" CHECKSUM
		  ", " SHA256_NAME "}",
			ERR_FORMAT, "came with 524287 bytes" },
		{ "\"body\": \"\"", ERR_FORMAT, "came with 0 bytes" },
		{ "\"body\": {\"bytes\": 524289}, \"headers\": {" CHECKSUM
		  ", " SHA256_NAME "}",
			ERR_FORMAT, "fetch block 7" },
		{ "\"status\": 403, \"body\": \"no\"", ERR_FETCH,
			"fetch block 7: GetSnapshotBlock was refused" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(service_releasep) struct service s = { 0 };
		CLEANUP(freep)
		char *script = xasprintf(
			"{\"answers\": [" LIST ", " GET "%s}]}", cases[i].answer);
		struct seen seen = { .again = 0 };
		struct error err = ERROR_INIT;

		service_start(&s, *state, script);
		if (read_from(&s, &seen, &err) == 0)
			fail_msg("not refused: %s", cases[i].answer);
		unit_assert_error(&err, cases[i].code, cases[i].message);
		assert_string_equal(seen.taken, "");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(what_is_wanted_is_fetched),
		SCRATCH_TEST(progress_is_of_the_blocks_that_there_are),
		SCRATCH_TEST(blocks_that_lie_are_refused),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
