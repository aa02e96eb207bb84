/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/upload_blocks.h"

#include <inttypes.h>
#include <string.h>

#include "aws/ebs.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "core/transfer.h"
#include "disk/zero.h"

enum { SHOW_MS = 100 };

struct sending {
	const struct upload_work *work;
	const struct transfer_past *past; /* or NULL */
	struct transfer *transfer;
	struct hash *hash, *linear;
	uint64_t next_index;
	size_t past_at; /* in past->blocks */
	bool has_ended; /* all of the disk was looked at */
	uint64_t shown_ms;
	struct upload_count count;
};

static void sending_releasep(struct sending *s)
{
	s->transfer = transfer_free(s->transfer);
	s->hash = hash_free(s->hash);
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

/* Whether an earlier run has brought the block there: then it is not even read. */
static bool is_stored(struct sending *s, uint64_t index)
{
	const struct transfer_stored *stored =
		s->past ? transfer_past_find(s->past, &s->past_at, index) : NULL;

	if (!stored)
		return false;
	count_block(s, index, stored->digest);
	return true;
}

/* The next block from *index on that may have to be sent. */
static int seek(struct sending *s, uint64_t *index, bool *ret_found, struct error *err)
{
	if (!s->work->delta)
		return upload_source_seek(s->work->source, index, ret_found, err);
	*ret_found = upload_delta_seek(s->work->delta, index);
	return 0;
}

/* Look at the next block of the disk, and send it if it is to be sent. */
static int take_next(struct sending *s, struct error *err)
{
	struct transfer_block *block;
	uint64_t index = s->next_index;
	bool found;

	if (seek(s, &index, &found, err) < 0)
		return -1;
	if (!found) {
		s->has_ended = true;
		return 0;
	}
	s->next_index = index + 1;
	if (is_stored(s, index))
		return 0;
	block = transfer_vacant(s->transfer);
	block->index = index;
	if (upload_source_read(s->work->source, index, block->data, err) < 0)
		return -1;
	if (!s->work->delta && bytes_are_zero(block->data, EBS_BLOCK_BYTES))
		return 0;
	hash_add(s->hash, block->data, EBS_BLOCK_BYTES);
	hash_end(s->hash, block->digest);
	count_block(s, index, block->digest);
	return s->work->only_counts ? 0 : transfer_begin(s->transfer, block, err);
}

static void show(struct sending *s)
{
	const uint64_t now = clock_now_ms(), size = upload_source_bytes(s->work->source);
	const unsigned int busy = transfer_under_way(s->transfer);
	uint64_t done = (s->next_index - busy) * EBS_BLOCK_BYTES;

	if (now - s->shown_ms < SHOW_MS && busy)
		return;
	s->shown_ms = now;
	progress_amount(s->work->progress, upload_source_name(s->work->source),
		done < size && !(s->has_ended && !busy) ? done : size, size);
}

static int step(struct sending *s, struct error *err)
{
	bool has_room = !s->has_ended && transfer_has_room(s->transfer);

	if (has_room && take_next(s, err) < 0)
		return -1;
	/* When more can be sent, only what is there already is waited for. */
	if (transfer_step(s->transfer, !has_room, err) < 0)
		return -1;
	show(s);
	return 0;
}

int upload_blocks(
	const struct upload_work *work, struct upload_count *ret, struct error *err)
{
	static const struct transfer_way way = { "send", true, submit, take };
	CLEANUP(sending_releasep) struct sending s = { .work = work };
	uint8_t digest[SHA256_BYTES];

	if (work->journal)
		s.past = transfer_journal_past(work->journal);
	s.transfer = transfer_new(work->ebs, work->made_at_ms, &way, &s);
	s.hash = hash_new();
	s.linear = hash_new();
	while (!s.has_ended || transfer_is_busy(s.transfer))
		if (step(&s, err) < 0)
			return -1;
	hash_end(s.linear, digest);
	hash_format_base64(digest, s.count.linear);
	*ret = s.count;
	return 0;
}
