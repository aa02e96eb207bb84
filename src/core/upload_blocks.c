/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/upload_blocks.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "aws/ebs.h"
#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "core/upload_window.h"
#include "disk/zero.h"

enum {
	ATTEMPT_MS = 60000, /* 512 KiB at 9 KiB/s */
	STALL_MS = 8000,
	GIVE_UP_MS = 120000, /* without any block that arrives */
	AGAIN_MS = 1000, /* until a block that failed is sent again */
	HEDGE_LEAST_MS = 250,
	HEDGE_TIMES = 4, /* as long as a block usually takes */
	SHOW_MS = 100,
};

/* A block on its way: a call, or two when the first takes long, or none and a time. */
struct slot {
	uint8_t *data; /* EBS_BLOCK_BYTES; NULL: never used */
	bool is_busy;
	uint64_t index;
	uint8_t digest[SHA256_BYTES];
	uint64_t ids[2]; /* 0: none */
	uint64_t sent_ms;
	uint64_t due_ms; /* when no call is under way: of the next */
};

struct sending {
	const struct upload_work *work;
	const struct upload_past *past; /* or NULL */
	struct slot slots[UPLOAD_WINDOW_MOST];
	unsigned int busy, hedged;
	struct upload_window window;
	struct hash *hash, *linear;
	uint64_t next_index;
	size_t past_at; /* in past->blocks */
	bool has_ended; /* all of the disk was looked at */
	uint64_t usual_ms; /* what a block takes, smoothed; 0: unknown */
	uint64_t arrived_ms, shown_ms;
	struct upload_count count;
};

static void sending_releasep(struct sending *s)
{
	for (size_t i = 0; i < ARRAY_SIZE(s->slots); i++) {
		struct slot *slot = &s->slots[i];

		/* The client reads from `data` as long as it knows the call. */
		for (size_t k = 0; k < ARRAY_SIZE(slot->ids); k++)
			aws_client_cancel(s->work->ebs, slot->ids[k]);
		free(slot->data);
	}
	s->hash = hash_free(s->hash);
	s->linear = hash_free(s->linear);
}

static int submit(
	struct sending *s, struct slot *slot, uint64_t *ret_id, struct error *err)
{
	char checksum[SHA256_BASE64_CHARS + 1];
	const struct ebs_put_block request = {
		.snapshot_id = s->work->snapshot_id,
		.block_index = SHAPE_UINT_OF(slot->index),
		.data_length_bytes = SHAPE_UINT_OF(EBS_BLOCK_BYTES),
		.checksum = checksum,
		.checksum_algorithm = "SHA256",
	};
	const struct aws_call call = {
		.action = { .rest = &ebs_put_block_action,
			.request = &request,
			.data = slot->data,
			.data_bytes = EBS_BLOCK_BYTES,
			.data_sha256 = slot->digest },
		.attempt_ms = ATTEMPT_MS,
		.stall_ms = STALL_MS,
		.made_at_ms = s->work->made_at_ms,
	};

	hash_format_base64(slot->digest, checksum);
	return aws_client_submit(s->work->ebs, &call, ret_id, err);
}

static int send_slot(struct sending *s, struct slot *slot, struct error *err)
{
	slot->sent_ms = clock_now_ms();
	slot->due_ms = 0;
	return submit(s, slot, &slot->ids[0], err);
}

static struct slot *free_slot(struct sending *s)
{
	struct slot *slot = s->slots;

	while (slot->is_busy)
		slot++;
	if (!slot->data)
		slot->data = xmalloc(EBS_BLOCK_BYTES);
	return slot;
}

/* Count a block whose digest is known; each one passes here, in their order. */
static void count_block(struct sending *s, const uint8_t *digest)
{
	hash_add(s->linear, digest, SHA256_BYTES);
	s->count.blocks++;
}

/* Whether an earlier run has brought the block there: then it is not even read. */
static bool is_stored(struct sending *s, uint64_t index)
{
	const struct upload_past *past = s->past;

	if (!past)
		return false;
	while (s->past_at < past->count && past->blocks[s->past_at].index < index)
		s->past_at++;
	if (s->past_at == past->count || past->blocks[s->past_at].index != index)
		return false;
	count_block(s, past->blocks[s->past_at].digest);
	return true;
}

/* Look at the next block of the disk, and send it if it is to be sent. */
static int take_next(struct sending *s, struct error *err)
{
	struct slot *slot;
	uint64_t index = s->next_index;
	bool found;

	if (upload_source_seek(s->work->source, &index, &found, err) < 0)
		return -1;
	if (!found) {
		s->has_ended = true;
		return 0;
	}
	s->next_index = index + 1;
	if (is_stored(s, index))
		return 0;
	slot = free_slot(s);
	if (upload_source_read(s->work->source, index, slot->data, err) < 0)
		return -1;
	if (bytes_are_zero(slot->data, EBS_BLOCK_BYTES))
		return 0;
	hash_add(s->hash, slot->data, EBS_BLOCK_BYTES);
	hash_end(s->hash, slot->digest);
	count_block(s, slot->digest);
	if (s->work->only_counts)
		return 0;
	slot->is_busy = true;
	slot->index = index;
	s->busy++;
	return send_slot(s, slot, err);
}

static uint64_t hedge_ms(const struct sending *s)
{
	uint64_t wait = s->usual_ms * HEDGE_TIMES;

	return wait > HEDGE_LEAST_MS ? wait : HEDGE_LEAST_MS;
}

/*
 * Send what is due, and a second time what takes far longer than usual: the first that
 * arrives counts. *ret_next_ms is when there may be more of it to do, or 0.
 */
static int send_due(struct sending *s, uint64_t *ret_next_ms, struct error *err)
{
	const uint64_t now = clock_now_ms();

	*ret_next_ms = 0;
	for (size_t i = 0; i < ARRAY_SIZE(s->slots); i++) {
		struct slot *slot = &s->slots[i];
		uint64_t at = slot->due_ms ? slot->due_ms : slot->sent_ms + hedge_ms(s);
		bool is_second = !slot->due_ms;

		if (!slot->is_busy ||
			(is_second && (slot->ids[1] || !s->usual_ms ||
					      s->hedged > s->window.limit / 4)))
			continue;
		if (at > now) {
			if (!*ret_next_ms || at < *ret_next_ms)
				*ret_next_ms = at;
		} else if (!is_second) {
			if (send_slot(s, slot, err) < 0)
				return -1;
		} else {
			if (submit(s, slot, &slot->ids[1], err) < 0)
				return -1;
			s->hedged++;
		}
	}
	return 0;
}

/* The slot whose call it is, and which of its two. */
static struct slot *slot_of(struct sending *s, uint64_t id, size_t *ret_which)
{
	for (size_t i = 0; i < 2 * ARRAY_SIZE(s->slots); i++)
		if (s->slots[i / 2].ids[i % 2] == id) {
			*ret_which = i % 2;
			return &s->slots[i / 2];
		}
	abort();
}

static void forget_call(struct sending *s, struct slot *slot, size_t which)
{
	if (which == 1 && slot->ids[1])
		s->hedged--;
	slot->ids[which] = 0;
}

/* Whether a call that has failed may pass later. */
static bool may_pass(const struct sending *s, const struct aws_result *r)
{
	const struct retry_outcome outcome = {
		.status = r->status,
		.code = r->refusal.code,
		.message = r->refusal.message,
		.age_ms = s->work->made_at_ms ? clock_now_ms() - s->work->made_at_ms
					      : RETRY_AGE_OLD,
	};

	if (r->refusal.code || r->status >= 300)
		return retry_reason(&outcome) != RETRY_NOT;
	return r->error->code == ERR_TIMEOUT || r->error->code == ERR_FETCH;
}

static int failed(struct sending *s, struct slot *slot, const struct aws_result *r,
	struct error *err)
{
	const uint64_t now = clock_now_ms();

	upload_window_cut(&s->window, now);
	if (may_pass(s, r) && now - s->arrived_ms < GIVE_UP_MS) {
		if (!slot->ids[0] && !slot->ids[1])
			slot->due_ms = now + AGAIN_MS;
		return 0;
	}
	*err = *r->error;
	return error_context(err, "send block %" PRIu64, slot->index);
}

static int arrived(struct sending *s, struct slot *slot, const struct aws_result *r,
	struct error *err)
{
	const struct ebs_put_block_answer *answer = r->answer;
	const uint64_t now = clock_now_ms(), took = now - slot->sent_ms;
	char checksum[SHA256_BASE64_CHARS + 1];

	hash_format_base64(slot->digest, checksum);
	if (answer && answer->checksum && strcmp(answer->checksum, checksum) != 0)
		return error_set(err, ERR_FORMAT, 0,
			"the service says that block %" PRIu64 " is %s, and it is %s",
			slot->index, answer->checksum, checksum);
	if (s->work->journal && upload_journal_block(s->work->journal, slot->index,
					slot->digest, err) < 0)
		return -1;
	for (size_t k = 0; k < ARRAY_SIZE(slot->ids); k++) {
		aws_client_cancel(s->work->ebs, slot->ids[k]);
		forget_call(s, slot, k);
	}
	slot->is_busy = false;
	s->busy--;
	s->count.sent_blocks++;
	s->arrived_ms = now;
	s->usual_ms = s->usual_ms ? (7 * s->usual_ms + took) / 8 + 1 : took + 1;
	if (r->attempts > 1)
		upload_window_cut(&s->window, now);
	upload_window_done(&s->window, now);
	return 0;
}

/* Let the transfers go on until one has ended or `until_ms`. */
static int take_results(struct sending *s, uint64_t until_ms, struct error *err)
{
	const struct http_wait wait = { .deadline_ms = until_ms, .also_fd = -1 };
	CLEANUP(aws_result_releasep) struct aws_result r = AWS_RESULT_INIT;
	struct slot *slot;
	uint64_t id;
	size_t which;

	if (aws_client_next(s->work->ebs, &wait, &id, &r, err) < 0)
		return -1;
	if (!id)
		return 0;
	slot = slot_of(s, id, &which);
	forget_call(s, slot, which);
	return r.error ? failed(s, slot, &r, err) : arrived(s, slot, &r, err);
}

static void show(struct sending *s)
{
	const uint64_t now = clock_now_ms(), size = upload_source_bytes(s->work->source);
	uint64_t done = (s->next_index - s->busy) * EBS_BLOCK_BYTES;

	if (now - s->shown_ms < SHOW_MS && s->busy)
		return;
	s->shown_ms = now;
	progress_amount(s->work->progress, upload_source_name(s->work->source),
		done < size && !(s->has_ended && !s->busy) ? done : size, size);
}

static int step(struct sending *s, struct error *err)
{
	bool has_room = !s->has_ended && s->busy < s->window.limit;
	uint64_t until_ms;

	if (has_room && take_next(s, err) < 0)
		return -1;
	if (send_due(s, &until_ms, err) < 0)
		return -1;
	/* More can be sent: then only what is there already is taken. */
	if (has_room)
		until_ms = clock_now_ms();
	if (take_results(s, until_ms, err) < 0)
		return -1;
	show(s);
	return 0;
}

int upload_blocks(
	const struct upload_work *work, struct upload_count *ret, struct error *err)
{
	const uint64_t now = clock_now_ms();
	CLEANUP(sending_releasep)
	struct sending s = { .work = work, .arrived_ms = now };
	uint8_t digest[SHA256_BYTES];

	if (work->journal)
		s.past = upload_journal_past(work->journal);
	s.hash = hash_new();
	s.linear = hash_new();
	upload_window_init(&s.window, now);
	while (!s.has_ended || s.busy)
		if (step(&s, err) < 0)
			return -1;
	hash_end(s.linear, digest);
	hash_format_base64(digest, s.count.linear);
	*ret = s.count;
	return 0;
}
