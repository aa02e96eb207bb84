/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A snapshot that is read here and there: what is asked of the service is counted.
 */
#include "core/snapshot_disk.h"

#include <signal.h>

#include "base/size.h"
#include "service_support.h"
#include "unit.h"

#define BLOCK(index) "{\"BlockIndex\": " #index ", \"BlockToken\": \"t\"}"
#define LIST(blocks, more)                                                \
	"{\"path\": \"/snapshots/snap-1/blocks?\", \"body\": {\"json\": " \
	"{\"VolumeSize\": 1, \"BlockSize\": 524288, \"Blocks\": [" blocks "]" more "}}}"
#define MORE ", \"NextToken\": \"n\""
#define ANSWER(sum)                                                            \
	"{\"path\": \"/snapshots/snap-1/blocks/\", \"times\": 0, \"body\": "   \
	"{\"bytes\": 524288}, \"headers\": {\"x-amz-Checksum\": \"" sum "\", " \
	"\"x-amz-Checksum-Algorithm\": \"SHA256\"}}"
#define GET ANSWER("YdHZxXRb2qT6s5JAZRvCQqUYaxU5P9R1CC/PboT0AKs=")
#define DAMAGED ANSWER("ZdHZxXRb2qT6s5JAZRvCQqUYaxU5P9R1CC/PboT0AKs=")

struct fixture {
	struct fake *fake;
	struct snapshot_disk *disk;
	struct disk_source source;
};

static void start(struct fixture *f, const char *dir, const char *answers)
{
	CLEANUP(freep) char *script = xasprintf("{\"answers\": [%s]}", answers);
	CLEANUP(freep) char *url = NULL;
	struct aws_session_spec spec = { 0 };
	struct error err = ERROR_INIT;

	service_environment();
	f->fake = fake_start(dir, script);
	url = fake_url(f->fake, "");
	spec.endpoint_url = url;
	if (snapshot_disk_open(&spec, "snap-1", dir, NULL, &f->disk, &err) < 0)
		fail_msg("%s", err.msg);
	f->source = snapshot_disk_source(f->disk);
}

static void fixture_releasep(struct fixture *f)
{
	f->disk = snapshot_disk_free(f->disk);
	f->fake = fake_free(f->fake);
}

/* Requests so far that begin so. */
static unsigned int requests(const struct fixture *f, const char *what)
{
	unsigned int count = 0;

	for (unsigned int i = 1;; i++) {
		CLEANUP(freep) char *request = fake_request(f->fake, i);

		if (!request)
			return count;
		count += strncmp(request, what, strlen(what)) == 0;
	}
}

#define GETS(f) requests(f, "GET /snapshots/snap-1/blocks/")
#define LISTS(f) requests(f, "GET /snapshots/snap-1/blocks?")

static uint8_t byte_at(struct fixture *f, uint64_t block, uint64_t offset)
{
	struct error err = ERROR_INIT;
	uint8_t byte = 0xff;
	size_t got;

	if (disk_source_read(&f->source, &byte, 1, block * EBS_BLOCK_BYTES + offset, &got,
		    "disk", &err) < 0)
		fail_msg("block %d: %s", (int)block, err.msg);
	assert_int_equal(got, 1);
	return byte;
}

static void a_block_is_fetched_when_it_is_read(void **state)
{
	CLEANUP(fixture_releasep) struct fixture f = { 0 };
	struct error err = ERROR_INIT;
	size_t got;

	start(&f, *state, LIST(BLOCK(5) ", " BLOCK(7) ", " BLOCK(900), "") ", " GET);
	assert_int_equal(snapshot_disk_size_bytes(f.disk), GIB);
	assert_int_equal(GETS(&f), 0);
	assert_int_equal(byte_at(&f, 7, 3), 3);
	assert_int_equal(byte_at(&f, 7, 250), 250);
	assert_int_equal(GETS(&f), 1);
	assert_int_equal(requests(&f, "GET /snapshots/snap-1/blocks/7?blockToken=t"), 1);
	assert_int_equal(byte_at(&f, 6, 3), 0);
	assert_int_equal(byte_at(&f, 2047, 3), 0);
	assert_int_equal(GETS(&f), 1);
	/* A read that goes over blocks, and over the end. */
	for (uint64_t at = 4; at < 2048; at += 2043) {
		CLEANUP(freep) char *buf = xcalloc(1, 2 * EBS_BLOCK_BYTES);

		assert_int_equal(disk_source_read(&f.source, buf, 2 * EBS_BLOCK_BYTES,
					 at * EBS_BLOCK_BYTES, &got, "disk", &err),
			0);
		assert_int_equal(got, at == 4 ? 2 * EBS_BLOCK_BYTES : EBS_BLOCK_BYTES);
		assert_int_equal(buf[EBS_BLOCK_BYTES + 9], at == 4 ? 9 : 0);
	}
	assert_int_equal(GETS(&f), 2);
	assert_int_equal(LISTS(&f), 1);
	assert_int_equal(snapshot_disk_fetched(f.disk), 2);
}

static void who_reads_on_gets_more_at_once(void **state)
{
	/* How many have come when block 20 + i has been read. */
	static const unsigned int wanted[] = { 1, 3, 3, 7, 7, 7, 7, 15 };
	CLEANUP(strbuf_releasep) struct strbuf blocks = STRBUF_INIT;
	CLEANUP(fixture_releasep) struct fixture f = { 0 };
	CLEANUP(freep) char *answers = NULL;

	for (int i = 20; i < 60; i++)
		strbuf_addf(&blocks, "%s{\"BlockIndex\": %d, \"BlockToken\": \"t\"}",
			i > 20 ? ", " : "", i);
	answers = xasprintf(LIST("%s", "") ", " GET, blocks.data);
	start(&f, *state, answers);
	for (unsigned int i = 0; i < ARRAY_SIZE(wanted); i++) {
		assert_int_equal(byte_at(&f, 20 + i, 1), 1);
		assert_int_equal(GETS(&f), wanted[i]);
	}
	/* And who reads elsewhere one again. */
	assert_int_equal(byte_at(&f, 50, 1), 1);
	assert_int_equal(GETS(&f), 16);
}

static void pages_of_the_list_are_asked_for_where_they_are_needed(void **state)
{
	CLEANUP(fixture_releasep) struct fixture f = { 0 };

	start(&f, *state,
		LIST(BLOCK(0) ", " BLOCK(9), MORE) ", " LIST(BLOCK(2047), "") ", " LIST(
			"", MORE) ", " LIST(BLOCK(104) ", " BLOCK(200), MORE) ", " GET);
	/* The last block, when the disk was opened. */
	assert_int_equal(LISTS(&f), 2);
	assert_int_equal(GETS(&f), 2);
	assert_int_equal(byte_at(&f, 5, 1), 0);
	assert_int_equal(byte_at(&f, 9, 1), 1);
	assert_int_equal(LISTS(&f), 2);
	assert_int_equal(byte_at(&f, 100, 1), 0);
	assert_int_equal(LISTS(&f), 4);
	assert_int_equal(byte_at(&f, 104, 1), 1);
	assert_int_equal(byte_at(&f, 150, 1), 0);
	assert_int_equal(LISTS(&f), 4);
	assert_int_equal(GETS(&f), 4);
}

static void a_damaged_block_is_nobodys(void **state)
{
	CLEANUP(fixture_releasep) struct fixture f = { 0 };
	struct error err = ERROR_INIT;
	uint8_t byte;
	size_t got;

	start(&f, *state, LIST(BLOCK(7), "") ", " DAMAGED);
	assert_int_equal(disk_source_read(&f.source, &byte, 1, 7 * EBS_BLOCK_BYTES, &got,
				 "disk", &err),
		-1);
	unit_assert_error(&err, ERR_UNTRUSTED, "block 7 of snap-1 was damaged");
	assert_int_equal(snapshot_disk_fetched(f.disk), 0);
}

static void what_is_no_disk_is_refused(void **state)
{
	CLEANUP(fake_freep) struct fake *fake = NULL;
	CLEANUP(freep) char *url = NULL;
	struct snapshot_disk *disk = NULL;
	struct aws_session_spec spec = { 0 };
	struct error err = ERROR_INIT;

	service_environment();
	fake = fake_start(*state,
		"{\"answers\": [{\"path\": \"/snapshots/\", \"status\": 403, \"times\": "
		"0}, "
		"{\"path\": \"/\", \"body\": \"<DescribeSnapshotsResponse><snapshotSet/>"
		"</DescribeSnapshotsResponse>\"}]}");
	url = fake_url(fake, "");
	spec.endpoint_url = url;
	assert_int_equal(
		snapshot_disk_open(&spec, "snap-1", *state, NULL, &disk, &err), -1);
	unit_assert_error(&err, ERR_FETCH, "none of this account's snapshots");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(a_block_is_fetched_when_it_is_read),
		SCRATCH_TEST(who_reads_on_gets_more_at_once),
		SCRATCH_TEST(pages_of_the_list_are_asked_for_where_they_are_needed),
		SCRATCH_TEST(a_damaged_block_is_nobodys),
		SCRATCH_TEST(what_is_no_disk_is_refused),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
