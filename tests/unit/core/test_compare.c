/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/compare.h"

#include <signal.h>

#include "aws/ebs.h"
#include "base/size.h"
#include "base/strbuf.h"
#include "json_support.h"
#include "service_support.h"
#include "unit.h"

/* What the fake sends as the content of a block. */
#define SHA256_OF_BODY "YdHZxXRb2qT6s5JAZRvCQqUYaxU5P9R1CC/PboT0AKs="
#define BLOCK                                                                         \
	"\"times\": 0, \"body\": {\"bytes\": 524288}, \"headers\": "                  \
	"{\"x-amz-Checksum\": \"" SHA256_OF_BODY "\", \"x-amz-Checksum-Algorithm\": " \
	"\"SHA256\"}"

/* A snapshot of these blocks. */
static void start(
	struct service *s, const char *dir, const uint64_t *blocks, size_t count)
{
	CLEANUP(strbuf_releasep) struct strbuf script = STRBUF_INIT;

	strbuf_add_str(&script,
		"{\"answers\": [{\"path\": \"/snapshots/snap-1/blocks?\", \"body\": "
		"\"{\\\"VolumeSize\\\": 1, \\\"BlockSize\\\": 524288, \\\"Blocks\\\": [");
	for (size_t i = 0; i < count; i++)
		strbuf_addf(&script,
			"%s{\\\"BlockIndex\\\": %d, \\\"BlockToken\\\": \\\"t\\\"}",
			i ? ", " : "", (int)blocks[i]);
	strbuf_add_str(
		&script, "]}\"}, {\"path\": \"/snapshots/snap-1/blocks/\", " BLOCK "}]}");
	service_start(s, dir, script.data);
}

/* A disk that has the fake's content in these blocks, and one byte more at `also`. */
static char *make_disk(const char *dir, const uint64_t *blocks, size_t count,
	uint64_t size_bytes, uint64_t also)
{
	char *path = path_join(dir, "disk");
	CLEANUP(freep) char *block = xcalloc(1, EBS_BLOCK_BYTES);
	CLEANUP(fd_closep)
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	for (size_t i = 0; i < EBS_BLOCK_BYTES; i++)
		block[i] = (char)(i % 251);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(pwrite(fd, block, EBS_BLOCK_BYTES,
					 (off_t)(blocks[i] * EBS_BLOCK_BYTES)),
			EBS_BLOCK_BYTES);
	assert_int_equal(ftruncate(fd, (off_t)size_bytes), 0);
	if (also)
		assert_int_equal(pwrite(fd, "\xff", 1, (off_t)also), 1);
	return path;
}

static void compare(const struct service *s, const char *path, struct compare_result *ret)
{
	CLEANUP(freep) char *url = fake_url(s->fake, "");
	const struct compare_spec spec = {
		.snapshot = "snap-1", .path = path, .session = { .endpoint_url = url }
	};
	struct error err = ERROR_INIT;

	if (compare_snapshot(&spec, NULL, ret, &err) < 0)
		fail_msg("%s", err.msg);
}

static void the_same_is_the_same(void **state)
{
	static const uint64_t blocks[] = { 0, 7 };
	CLEANUP(freep)
	char *path = make_disk(*state, blocks, 2, 100 * EBS_BLOCK_BYTES, 0);
	CLEANUP(service_releasep) struct service s = { 0 };
	CLEANUP(compare_result_releasep) struct compare_result r = { 0 };
	struct error err = ERROR_INIT;

	start(&s, *state, blocks, 2);
	compare(&s, path, &r);
	assert_true(compare_result_is_same(&r));
	assert_int_equal(compare_result_judge(&r, &err), 0);
	assert_int_equal(r.blocks, 2);
	assert_int_equal(r.size_bytes, 100 * EBS_BLOCK_BYTES);
	assert_int_equal(r.volume_bytes, GIB);
}

/* Block 0 differs in a byte, 5 is here alone, 7 in the snapshot alone. */
static void differences_are_counted_and_named(void **state)
{
	static const uint64_t there[] = { 0, 7 }, here[] = { 0, 5 };
	CLEANUP(freep)
	char *path = make_disk(*state, here, 2, 100 * EBS_BLOCK_BYTES, 1000);
	CLEANUP(service_releasep) struct service s = { 0 };
	CLEANUP(compare_result_releasep) struct compare_result r = { 0 };
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	CLEANUP(freep) char *offsets = NULL, *identical = NULL;
	struct json j = JSON_INIT(&text);
	struct error err = ERROR_INIT;

	start(&s, *state, there, 2);
	compare(&s, path, &r);
	assert_false(compare_result_is_same(&r));
	assert_int_equal(r.blocks, 3);
	assert_int_equal(r.different_blocks, 3);
	assert_int_equal(compare_result_judge(&r, &err), -1);
	/* The fake's content begins with a zero: byte 1 is the first that has data. */
	unit_assert_error(&err, ERR_VERIFY,
		"3 of 3 blocks differ, from these bytes on: 1000, 2621441, 3670017");
	json_object_begin(&j, NULL);
	compare_result_json(&r, &j);
	json_object_end(&j);
	offsets = json_document_at(text.data, "offsets");
	assert_string_equal(offsets, "[1000,2621441,3670017]");
	identical = json_document_at(text.data, "identical");
	assert_string_equal(identical, "false");
}

static void only_the_first_places_are_named(void **state)
{
	static const uint64_t blocks[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 };
	CLEANUP(freep)
	char *path =
		make_disk(*state, blocks, ARRAY_SIZE(blocks), 100 * EBS_BLOCK_BYTES, 0);
	CLEANUP(service_releasep) struct service s = { 0 };
	CLEANUP(compare_result_releasep) struct compare_result r = { 0 };
	struct error err = ERROR_INIT;

	start(&s, *state, NULL, 0);
	compare(&s, path, &r);
	assert_int_equal(r.different_blocks, 12);
	assert_int_equal(r.offset_count, COMPARE_OFFSETS_MOST);
	for (size_t i = 0; i < r.offset_count; i++)
		assert_int_equal(r.offsets_bytes[i], (i + 1) * EBS_BLOCK_BYTES + 1);
	assert_int_equal(compare_result_judge(&r, &err), -1);
	unit_assert_error(&err, ERR_VERIFY, "5242881, …");
}

static void a_disk_that_the_volume_does_not_hold_is_another_one(void **state)
{
	CLEANUP(freep) char *path = make_disk(*state, NULL, 0, GIB + 512, 0);
	CLEANUP(service_releasep) struct service s = { 0 };
	CLEANUP(compare_result_releasep) struct compare_result r = { 0 };
	struct error err = ERROR_INIT;

	start(&s, *state, NULL, 0);
	compare(&s, path, &r);
	assert_int_equal(r.different_blocks, 0);
	assert_false(compare_result_is_same(&r));
	assert_int_equal(compare_result_judge(&r, &err), -1);
	unit_assert_error(&err, ERR_VERIFY, "snap-1 is a volume of 1.00 GiB");
}

static void what_is_no_snapshot_is_a_wrong_word(void **state)
{
	const struct compare_spec spec = { .snapshot = "vol-1", .path = "/nonexistent" };
	CLEANUP(compare_result_releasep) struct compare_result r = { 0 };
	struct error err = ERROR_INIT;

	(void)state;
	service_environment();
	assert_int_equal(compare_snapshot(&spec, NULL, &r, &err), -1);
	unit_assert_error(&err, ERR_USAGE, "vol-1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(the_same_is_the_same),
		SCRATCH_TEST(differences_are_counted_and_named),
		SCRATCH_TEST(only_the_first_places_are_named),
		SCRATCH_TEST(a_disk_that_the_volume_does_not_hold_is_another_one),
		cmocka_unit_test(what_is_no_snapshot_is_a_wrong_word),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
