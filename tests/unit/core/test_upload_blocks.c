/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/upload_blocks.h"

#include <signal.h>
#include <sys/stat.h>

#include "core/upload_delta.h"
#include "service_support.h"
#include "unit.h"

#define PUT(index) "{\"path\": \"/snapshots/snap-1/blocks/" #index "\", \"status\": 201}"

struct seen {
	struct progress progress; /* first */
	struct progress_event first, last;
};

/* Block 0 and the beginning of 3 have data; 1 is written and zero, 2 is a hole. */
static struct upload_source *make_source(const char *dir)
{
	CLEANUP(freep) char *path = path_join(dir, "disk");
	CLEANUP(freep) char *zeroes = xcalloc(1, EBS_BLOCK_BYTES);
	CLEANUP(fd_closep)
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	struct upload_source *source = NULL;
	struct error err = ERROR_INIT;

	assert_int_equal(pwrite(fd, "a", 1, 100), 1);
	assert_int_equal(
		pwrite(fd, zeroes, EBS_BLOCK_BYTES, EBS_BLOCK_BYTES), EBS_BLOCK_BYTES);
	assert_int_equal(pwrite(fd, "b", 1, 3 * EBS_BLOCK_BYTES), 1);
	assert_int_equal(ftruncate(fd, 3 * EBS_BLOCK_BYTES + 512), 0);
	if (upload_source_open(path, NULL, &source, &err) < 0)
		fail_msg("%s", err.msg);
	return source;
}

/* Of a block that has one byte; into `to`, base64, when it is not NULL. */
static void digest_of(
	size_t at, char byte, uint8_t *ret, char to[static SHA256_BASE64_CHARS + 1])
{
	CLEANUP(hash_freep) struct hash *h = hash_new();
	CLEANUP(freep) char *block = xcalloc(1, EBS_BLOCK_BYTES);

	block[at] = byte;
	hash_add(h, block, EBS_BLOCK_BYTES);
	hash_end(h, ret);
	hash_format_base64(ret, to);
}

static struct upload_count send_from(struct service *s, struct upload_work *work)
{
	struct upload_count count = { 0 };
	struct error err = ERROR_INIT;

	work->ebs = s->ebs;
	work->snapshot_id = "snap-1";
	if (upload_blocks(work, &count, &err) < 0)
		fail_msg("%s", err.msg);
	return count;
}

static void assert_linear(const struct upload_count *count)
{
	CLEANUP(hash_freep) struct hash *h = hash_new();
	char text[SHA256_BASE64_CHARS + 1];
	uint8_t digests[2][SHA256_BYTES], linear[SHA256_BYTES];

	digest_of(100, 'a', digests[0], text);
	digest_of(0, 'b', digests[1], text);
	hash_add(h, digests, sizeof(digests));
	hash_end(h, linear);
	hash_format_base64(linear, text);
	assert_string_equal(count->linear, text);
	assert_int_equal(count->blocks, 2);
}

static void blocks_with_data_are_sent_with_their_digests(void **state)
{
	CLEANUP(upload_source_freep) struct upload_source *source = make_source(*state);
	CLEANUP(service_releasep) struct service s = { 0 };
	struct upload_work work = { .source = source };
	struct upload_count count;

	service_start(&s, *state, "{\"answers\": [" PUT(0) ", " PUT(3) "]}");
	count = send_from(&s, &work);
	assert_linear(&count);
	assert_int_equal(count.sent_blocks, 2);
	for (unsigned int n = 1; n <= 2; n++) {
		CLEANUP(freep) char *request = fake_request(s.fake, n);
		CLEANUP(freep) char *line = NULL;
		char text[SHA256_BASE64_CHARS + 1];
		uint8_t digest[SHA256_BYTES];
		bool first = strstr(request, "PUT /snapshots/snap-1/blocks/0 ") != NULL;

		digest_of(first ? 100 : 0, first ? 'a' : 'b', digest, text);
		line = xasprintf("\r\nx-amz-Checksum: %s\r\n", text);
		assert_non_null(strstr(request, line));
		assert_non_null(strstr(request, "\r\nContent-Length: 524288\r\n"));
	}
}

static void hear(struct progress *p, const struct progress_event *e)
{
	struct seen *s = (struct seen *)p;

	assert_int_equal(e->kind, PROGRESS_AMOUNT);
	assert_true(e->done >= s->last.done);
	assert_true(!s->last.total || e->total <= s->last.total);
	if (!s->first.kind)
		s->first = *e;
	s->last = *e;
}

/* The hole is never counted, the zeros until they were looked at. */
static void progress_is_of_the_blocks_that_there_are(void **state)
{
	CLEANUP(upload_source_freep) struct upload_source *source = make_source(*state);
	CLEANUP(service_releasep) struct service s = { 0 };
	struct seen seen = { .progress.report = hear };
	struct upload_work work = { .source = source, .progress = &seen.progress };

	service_start(&s, *state, "{\"answers\": [" PUT(0) ", " PUT(3) "]}");
	(void)send_from(&s, &work);
	assert_int_equal(seen.first.done, 0);
	assert_in_range(seen.first.total, 2 * EBS_BLOCK_BYTES, 3 * EBS_BLOCK_BYTES);
	assert_int_equal(seen.last.done, 2 * EBS_BLOCK_BYTES);
	assert_int_equal(seen.last.total, 2 * EBS_BLOCK_BYTES);
}

static void what_a_journal_has_is_neither_read_nor_sent(void **state)
{
	static const struct transfer_kind kind = { "uploads", "uploading" };
	CLEANUP(upload_source_freep) struct upload_source *source = make_source(*state);
	CLEANUP(transfer_journal_freep) struct transfer_journal *j = NULL;
	CLEANUP(service_releasep) struct service s = { 0 };
	struct upload_work work = { .source = source };
	struct upload_count count;
	struct error err = ERROR_INIT;
	char text[SHA256_BASE64_CHARS + 1];
	uint8_t digest[SHA256_BYTES];

	digest_of(100, 'a', digest, text);
	assert_int_equal(setenv("XDG_STATE_HOME", *state, 1), 0);
	for (int again = 0; again < 2; again++) {
		j = transfer_journal_free(j);
		assert_int_equal(transfer_journal_open(&kind, "key", &j, &err), 0);
		if (again)
			break;
		assert_int_equal(transfer_journal_begin(j, upload_source_identity(source),
					 "token", &err),
			0);
		assert_int_equal(transfer_journal_snapshot(j, "snap-1", &err), 0);
		assert_int_equal(transfer_journal_block(j, 0, digest, &err), 0);
	}
	work.journal = j;
	service_start(&s, *state, "{\"answers\": [" PUT(3) "]}");
	count = send_from(&s, &work);
	assert_linear(&count);
	assert_int_equal(count.sent_blocks, 1);
	/* It has both now. */
	work.journal = j = transfer_journal_free(j);
	assert_int_equal(transfer_journal_open(&kind, "key", &j, &err), 0);
	work.journal = j;
	count = send_from(&s, &work);
	assert_linear(&count);
	assert_int_equal(count.sent_blocks, 0);
	assert_null(fake_request(s.fake, 2));
}

static void a_complete_snapshot_is_only_counted(void **state)
{
	CLEANUP(upload_source_freep) struct upload_source *source = make_source(*state);
	CLEANUP(service_releasep) struct service s = { 0 };
	struct upload_work work = { .source = source, .only_counts = true };
	struct upload_count count;

	service_start(&s, *state, "{\"answers\": []}");
	count = send_from(&s, &work);
	assert_linear(&count);
	assert_int_equal(count.sent_blocks, 0);
	assert_null(fake_request(s.fake, 1));
}

/* A parent that has block 1 and not the others: all that is different is sent, what has
 * become zero, too. */
static void a_child_is_told_of_what_has_become_zero(void **state)
{
	static const char list[] =
		"{\"path\": \"/snapshots/snap-0/blocks?\", \"body\": "
		"\"{\\\"VolumeSize\\\": "
		"1, \\\"BlockSize\\\": 524288, \\\"Blocks\\\": [{\\\"BlockIndex\\\": 1, "
		"\\\"BlockToken\\\": \\\"t\\\"}]}\"}, "
		"{\"path\": \"/snapshots/snap-0/blocks/1\", \"body\": {\"bytes\": "
		"524288}, "
		"\"headers\": {\"x-amz-Checksum\": "
		"\"YdHZxXRb2qT6s5JAZRvCQqUYaxU5P9R1CC/PboT0AKs=\", "
		"\"x-amz-Checksum-Algorithm\": \"SHA256\"}}";
	CLEANUP(freep)
	char *script = xasprintf(
		"{\"answers\": [%s, " PUT(0) ", " PUT(1) ", " PUT(3) "]}", list);
	CLEANUP(upload_source_freep) struct upload_source *source = make_source(*state);
	CLEANUP(service_releasep) struct service s = { 0 };
	CLEANUP(block_list_freep) struct block_list *parent = NULL;
	struct upload_work work = { .source = source };
	struct block_set *delta = NULL;
	struct upload_count count;
	struct error err = ERROR_INIT;

	service_start(&s, *state, script);
	if (block_list_open(s.ebs, "snap-0", &parent, &err) < 0 ||
		upload_delta_find(s.ebs, parent, source, GIB, NULL, NULL, &delta, &err) <
			0)
		fail_msg("%s", err.msg);
	work.delta = delta;
	count = send_from(&s, &work);
	delta = block_set_free(delta);
	assert_int_equal(count.blocks, 3);
	assert_int_equal(count.sent_blocks, 3);
}

static void a_service_that_has_something_else_is_not_believed(void **state)
{
	CLEANUP(upload_source_freep) struct upload_source *source = make_source(*state);
	CLEANUP(service_releasep) struct service s = { 0 };
	struct upload_work work = { .source = source, .snapshot_id = "snap-1" };
	struct upload_count count;
	struct error err = ERROR_INIT;

	service_start(&s, *state,
		"{\"answers\": [{\"status\": 201, \"times\": 0, \"headers\": "
		"{\"x-amz-Checksum\": "
		"\"AAAA5nEh1Ig9RvLCMFJj9M1XbnTjnE6WxTC0SUWvKI8=\"}}]}");
	work.ebs = s.ebs;
	assert_int_equal(upload_blocks(&work, &count, &err), -1);
	unit_assert_error(&err, ERR_FORMAT, "the service says that block ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(blocks_with_data_are_sent_with_their_digests),
		SCRATCH_TEST(progress_is_of_the_blocks_that_there_are),
		SCRATCH_TEST(what_a_journal_has_is_neither_read_nor_sent),
		SCRATCH_TEST(a_complete_snapshot_is_only_counted),
		SCRATCH_TEST(a_child_is_told_of_what_has_become_zero),
		SCRATCH_TEST(a_service_that_has_something_else_is_not_believed),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
