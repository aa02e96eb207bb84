/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/upload_blocks.h"

#include <inttypes.h>
#include <string.h>

#include "aws/ebs.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "core/transfer.h"
#include "core/upload_feed.h"

enum { SHOW_MS = 100 };

struct sending {
	const struct upload_work *work;
	struct transfer *transfer;
	struct upload_feed *feed;
	struct hash *linear;
	bool has_ended; /* all of the disk was looked at */
	uint64_t shown_ms;
	struct upload_count count;
};

static void sending_releasep(struct sending *s)
{
	s->transfer = transfer_free(s->transfer);
	s->feed = upload_feed_free(s->feed);
	s->linear = hash_free(s->linear);
}

static int submit(void *userdata, const struct transfer_block *block, uint64_t *ret_id,
	struct error *err)
{
	struct sending *s = userdata;
	char checksum[SHA256_BASE64_CHARS + 1];
	const struct ebs_put_block request = {
		.snapshot_id = s->work->snapshot_id,
		.block_index = SHAPE_UINT_OF(block->index),
		.data_length_bytes = SHAPE_UINT_OF(EBS_BLOCK_BYTES),
		.checksum = checksum,
		.checksum_algorithm = "SHA256",
	};
	struct aws_call call = transfer_call(s->transfer);

	call.action = (struct call_spec){ .rest = &ebs_put_block_action,
		.request = &request,
		.data = block->data,
		.data_bytes = EBS_BLOCK_BYTES,
		.data_sha256 = block->digest };
	hash_format_base64(block->digest, checksum);
	return aws_client_submit(s->work->ebs, &call, ret_id, err);
}

/* The service has the block. */
static int take(void *userdata, const struct transfer_block *block,
	const struct aws_result *r, struct error *err)
{
	struct sending *s = userdata;
	const struct ebs_put_block_answer *answer = r->answer;
	char checksum[SHA256_BASE64_CHARS + 1];

	hash_format_base64(block->digest, checksum);
	if (answer && answer->checksum && strcmp(answer->checksum, checksum) != 0)
		return error_set(err, ERR_FORMAT, 0,
			"the service says that block %" PRIu64 " is %s, and it is %s",
			block->index, answer->checksum, checksum);
	s->count.sent_blocks++;
	if (!s->work->journal)
		return 0;
	return transfer_journal_block(s->work->journal, block->index, block->digest, err);
}

/* Count a block whose digest is known; each one passes here, in their order. */
static void count_block(struct sending *s, uint64_t index, const uint8_t *digest)
{
	if (s->work->digests)
		kept_blocks_add(s->work->digests, index, digest);
	hash_add(s->linear, digest, SHA256_BYTES);
	s->count.blocks++;
}

/* Look at the next block of the disk, and send it if it is to be sent. */
static int take_next(
	struct sending *s, enum upload_feed_state *ret_state, struct error *err)
{
	struct transfer_block *block = transfer_vacant(s->transfer);
	struct upload_feed_block fed = { .data = block->data };

	if (upload_feed_take(s->feed, &fed, ret_state, err) < 0)
		return -1;
	s->has_ended = *ret_state == UPLOAD_FEED_END;
	if (s->has_ended)
		transfer_no_more(s->transfer);
	if (s->has_ended || *ret_state == UPLOAD_FEED_LATER)
		return 0;
	block->data = fed.data;
	count_block(s, fed.index, fed.digest);
	if (*ret_state == UPLOAD_FEED_STORED || s->work->only_counts)
		return 0;
	block->index = fed.index;
	memcpy(block->digest, fed.digest, SHA256_BYTES);
	return transfer_begin(s->transfer, block, err);
}

/* Of the blocks that there are: what is known to be zero is not sent. What was not looked
 * at may all have to be. */
static void show(struct sending *s)
{
	const uint64_t now = clock_now_ms();
	const unsigned int busy = transfer_under_way(s->transfer);
	const uint64_t blocks = s->count.blocks + upload_feed_left_most(s->feed);

	if (now - s->shown_ms < SHOW_MS && busy)
		return;
	s->shown_ms = now;
	progress_amount(s->work->progress, upload_source_name(s->work->source),
		(s->count.blocks - busy) * EBS_BLOCK_BYTES, blocks * EBS_BLOCK_BYTES);
}

static int step(struct sending *s, struct error *err)
{
	const bool has_room = !s->has_ended && transfer_has_room(s->transfer);
	enum upload_feed_state state = UPLOAD_FEED_END;
	int rc;

	if (has_room && take_next(s, &state, err) < 0)
		return -1;
	/* When more can be sent, only what is there already is waited for. */
	if (state == UPLOAD_FEED_LATER)
		rc = transfer_step_or(s->transfer, upload_feed_fd(s->feed), err);
	else
		rc = transfer_step(s->transfer, !has_room, err);
	if (rc == 0)
		show(s);
	return rc;
}

int upload_blocks(
	const struct upload_work *work, struct upload_count *ret, struct error *err)
{
	static const struct transfer_way way = { "send", true, submit, take };
	CLEANUP(sending_releasep) struct sending s = { .work = work };
	const struct upload_feed_spec feed = {
		.source = work->source,
		.delta = work->delta,
		.past = work->journal ? transfer_journal_past(work->journal) : NULL,
	};
	uint8_t digest[SHA256_BYTES];

	s.transfer = transfer_new(work->ebs, work->made_at_ms, &way, &s);
	s.linear = hash_new();
	if (upload_feed_start(&feed, &s.feed, err) < 0)
		return -1;
	while (!s.has_ended || transfer_is_busy(s.transfer))
		if (step(&s, err) < 0)
			return -1;
	hash_end(s.linear, digest);
	hash_format_base64(digest, s.count.linear);
	*ret = s.count;
	return 0;
}
