/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/snapshot_fetch.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/size.h"
#include "core/transfer.h"

struct snapshot_fetch {
	struct aws_client *ebs;
	const char *snapshot_id;
	struct transfer *transfer;
	struct hash *hash;
	snapshot_take_fn *take;
	void *userdata;
};

static int submit(void *userdata, const struct transfer_block *block, uint64_t *ret_id,
	struct error *err)
{
	struct snapshot_fetch *f = userdata;
	const struct ebs_get_block request = {
		.snapshot_id = f->snapshot_id,
		.block_index = SHAPE_UINT_OF(block->index),
		.block_token = block->token,
	};
	struct aws_call call = transfer_call(f->transfer);

	call.action.rest = &ebs_get_block_action;
	call.action.request = &request;
	call.answer_most_bytes = EBS_BLOCK_BYTES;
	return aws_client_submit(f->ebs, &call, ret_id, err);
}

/* A block that is not whole, or not what the service says of it, is nobody's. */
static int check(struct snapshot_fetch *f, uint64_t index,
	const struct aws_result *result, uint8_t *ret_digest, struct error *err)
{
	const struct ebs_get_block_answer *answer = result->answer;
	const struct strbuf *data = &result->content;
	char checksum[SHA256_BASE64_CHARS + 1];

	if (data->length_bytes != EBS_BLOCK_BYTES)
		return error_set(err, ERR_FORMAT, 0,
			"block %" PRIu64 " of %s came with %zu bytes, and not 512 KiB",
			index, f->snapshot_id, data->length_bytes);
	if (!answer->checksum || !answer->checksum_algorithm ||
		strcmp(answer->checksum_algorithm, "SHA256") != 0)
		return error_set(err, ERR_FORMAT, 0,
			"block %" PRIu64 " of %s came without its SHA-256", index,
			f->snapshot_id);
	hash_add(f->hash, data->data, data->length_bytes);
	hash_end(f->hash, ret_digest);
	hash_format_base64(ret_digest, checksum);
	if (strcmp(answer->checksum, checksum) != 0)
		return error_set(err, ERR_UNTRUSTED, 0,
			"block %" PRIu64
			" of %s was damaged on its way: its SHA-256 is %s, and "
			"the service says %s",
			index, f->snapshot_id, checksum, answer->checksum);
	return 0;
}

static int take(void *userdata, const struct transfer_block *block,
	const struct aws_result *result, struct error *err)
{
	struct snapshot_fetch *f = userdata;
	uint8_t digest[SHA256_BYTES];
	struct snapshot_block whole = { .index = block->index, .digest = digest };

	if (check(f, block->index, result, digest, err) < 0)
		return -1;
	whole.data = (const uint8_t *)result->content.data;
	return f->take(f->userdata, &whole, err);
}

struct snapshot_fetch *snapshot_fetch_new(struct aws_client *ebs, const char *snapshot_id,
	snapshot_take_fn *take_fn, void *userdata)
{
	static const struct transfer_way way = { "fetch", false, submit, take };
	struct snapshot_fetch *f = xcalloc(1, sizeof(*f));

	f->ebs = ebs;
	f->snapshot_id = snapshot_id;
	f->transfer = transfer_new(ebs, 0, &way, f);
	f->hash = hash_new();
	f->take = take_fn;
	f->userdata = userdata;
	return f;
}

struct snapshot_fetch *snapshot_fetch_free(struct snapshot_fetch *f)
{
	if (!f)
		return NULL;
	transfer_free(f->transfer);
	hash_free(f->hash);
	free(f);
	return NULL;
}

bool snapshot_fetch_has_room(const struct snapshot_fetch *f)
{
	return transfer_has_room(f->transfer);
}

bool snapshot_fetch_is_busy(const struct snapshot_fetch *f)
{
	return transfer_is_busy(f->transfer);
}

int snapshot_fetch_begin(
	struct snapshot_fetch *f, const struct ebs_block *listed, struct error *err)
{
	struct transfer_block *block = transfer_vacant(f->transfer);

	block->index = listed->block_index.value;
	block->token = xstrdup(listed->block_token);
	return transfer_begin(f->transfer, block, err);
}

int snapshot_fetch_step(struct snapshot_fetch *f, bool waits, struct error *err)
{
	return transfer_step(f->transfer, waits, err);
}
