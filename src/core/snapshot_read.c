/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/snapshot_read.h"

#include <inttypes.h>
#include <string.h>

#include "aws/ebs.h"
#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "core/transfer.h"

enum { SHOW_MS = 100 };

/* One reading while it goes on. */
struct reader {
	const struct snapshot_reading *reading;
	const char *snapshot_id;
	struct transfer *transfer;
	struct hash *hash;
	uint64_t next_index;
	bool has_ended; /* the list */
	uint64_t shown_ms;
};

static void reader_releasep(struct reader *r)
{
	r->transfer = transfer_free(r->transfer);
	r->hash = hash_free(r->hash);
}

static int submit(void *userdata, const struct transfer_block *block, uint64_t *ret_id,
	struct error *err)
{
	struct reader *r = userdata;
	const struct ebs_get_block request = {
		.snapshot_id = r->snapshot_id,
		.block_index = SHAPE_UINT_OF(block->index),
		.block_token = block->token,
	};
	struct aws_call call = transfer_call(r->transfer);

	call.action.rest = &ebs_get_block_action;
	call.action.request = &request;
	call.answer_most_bytes = EBS_BLOCK_BYTES;
	return aws_client_submit(r->reading->ebs, &call, ret_id, err);
}

/* A block that is not whole, or not what the service says of it, is nobody's. */
static int check(struct reader *r, uint64_t index, const struct aws_result *result,
	uint8_t *ret_digest, struct error *err)
{
	const struct ebs_get_block_answer *answer = result->answer;
	const struct strbuf *data = &result->content;
	char checksum[SHA256_BASE64_CHARS + 1];

	if (data->length_bytes != EBS_BLOCK_BYTES)
		return error_set(err, ERR_FORMAT, 0,
			"block %" PRIu64 " of %s came with %zu bytes, and not 512 KiB",
			index, r->snapshot_id, data->length_bytes);
	if (!answer->checksum || !answer->checksum_algorithm ||
		strcmp(answer->checksum_algorithm, "SHA256") != 0)
		return error_set(err, ERR_FORMAT, 0,
			"block %" PRIu64 " of %s came without its SHA-256", index,
			r->snapshot_id);
	hash_add(r->hash, data->data, data->length_bytes);
	hash_end(r->hash, ret_digest);
	hash_format_base64(ret_digest, checksum);
	if (strcmp(answer->checksum, checksum) != 0)
		return error_set(err, ERR_UNTRUSTED, 0,
			"block %" PRIu64
			" of %s was damaged on its way: its SHA-256 is %s, and "
			"the service says %s",
			index, r->snapshot_id, checksum, answer->checksum);
	return 0;
}

static int take(void *userdata, const struct transfer_block *block,
	const struct aws_result *result, struct error *err)
{
	struct reader *r = userdata;
	uint8_t digest[SHA256_BYTES];
	struct snapshot_block whole = { .index = block->index, .digest = digest };

	if (check(r, block->index, result, digest, err) < 0)
		return -1;
	whole.data = (const uint8_t *)result->content.data;
	return r->reading->take(r->reading->userdata, &whole, err);
}

static int fetch(struct reader *r, const struct ebs_block *listed, struct error *err)
{
	struct transfer_block *block = transfer_vacant(r->transfer);

	block->index = listed->block_index.value;
	block->token = xstrdup(listed->block_token);
	return transfer_begin(r->transfer, block, err);
}

/* Look at the next block of the list. *ret_waits: nothing can be done before a transfer
 * has ended. */
static int take_next(struct reader *r, bool *ret_waits, struct error *err)
{
	struct block_list *list = r->reading->list;
	const struct ebs_block *listed = block_list_next(list);
	enum snapshot_want want = SNAPSHOT_SKIP;
	bool found;

	if (!listed) {
		/* Pages are of 5 GiB: that the transfers run dry there is little. */
		*ret_waits = transfer_is_busy(r->transfer);
		if (*ret_waits)
			return 0;
		if (block_list_turn(list, &found, err) < 0)
			return -1;
		r->has_ended = !found;
		return 0;
	}
	r->next_index = listed->block_index.value;
	if (r->reading->want(r->reading->userdata, r->next_index, &want, err) < 0)
		return -1;
	if (want == SNAPSHOT_ASK_AGAIN)
		return 0;
	if (want == SNAPSHOT_FETCH && fetch(r, listed, err) < 0)
		return -1;
	block_list_advance(list);
	return 0;
}

static void show(struct reader *r)
{
	const uint64_t now = clock_now_ms();
	const uint64_t size = block_list_volume_bytes(r->reading->list);
	bool is_done = r->has_ended && !transfer_is_busy(r->transfer);

	if (now - r->shown_ms < SHOW_MS && !is_done)
		return;
	r->shown_ms = now;
	progress_amount(r->reading->progress, r->snapshot_id,
		is_done ? size : r->next_index * EBS_BLOCK_BYTES, size);
}

int snapshot_read(const struct snapshot_reading *reading, struct error *err)
{
	static const struct transfer_way way = { "fetch", false, submit, take };
	CLEANUP(reader_releasep)
	struct reader r = { .reading = reading,
		.snapshot_id = block_list_snapshot(reading->list) };

	r.transfer = transfer_new(reading->ebs, 0, &way, &r);
	r.hash = hash_new();
	while (!r.has_ended || transfer_is_busy(r.transfer)) {
		bool waits = r.has_ended || !transfer_has_room(r.transfer);

		if (!waits && take_next(&r, &waits, err) < 0)
			return -1;
		if (transfer_step(r.transfer, waits, err) < 0)
			return -1;
		show(&r);
	}
	return 0;
}
