/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/transfer.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/size.h"
#include "core/transfer_pace.h"
#include "core/transfer_window.h"

enum {
	ATTEMPT_MS = 60000, /* 512 KiB at 9 KiB/s */
	STALL_MS = 8000,
	GIVE_UP_MS = 120000, /* without any block that is done */
	AGAIN_MS = 1000, /* until a block that failed is moved again */
	HEDGES_MOST = 6, /* of one block */
};

/* A block on its way: a call, or two when the first takes long, or none and a time. */
struct slot {
	struct transfer_block block;
	bool is_busy;
	uint64_t ids[2]; /* 0: none; the second is the younger */
	uint64_t begun_ms;
	unsigned int hedges; /* since then */
	uint64_t due_ms; /* when no call is under way: of the next */
};

struct transfer {
	struct aws_client *client;
	uint64_t made_at_ms;
	const struct transfer_way *way;
	void *userdata;
	struct slot slots[TRANSFER_WINDOW_MOST];
	unsigned int busy, hedged;
	struct transfer_window window;
	struct transfer_pace pace;
	uint64_t done_ms; /* when one was, or when there was none to wait for */
	uint64_t done;
};

struct transfer *transfer_new(struct aws_client *client, uint64_t made_at_ms,
	const struct transfer_way *way, void *userdata)
{
	struct transfer *t = xcalloc(1, sizeof(*t));

	t->client = client;
	t->made_at_ms = made_at_ms;
	t->way = way;
	t->userdata = userdata;
	transfer_window_init(&t->window, clock_now_ms());
	return t;
}

struct transfer *transfer_free(struct transfer *t)
{
	if (!t)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(t->slots); i++) {
		struct slot *slot = &t->slots[i];

		/* The client reads from `data` as long as it knows the call. */
		for (size_t k = 0; k < ARRAY_SIZE(slot->ids); k++)
			aws_client_cancel(t->client, slot->ids[k]);
		free(slot->block.data);
		free(slot->block.token);
	}
	free(t);
	return NULL;
}

bool transfer_has_room(const struct transfer *t)
{
	return t->busy < t->window.limit;
}

bool transfer_is_busy(const struct transfer *t)
{
	return t->busy > 0;
}

unsigned int transfer_under_way(const struct transfer *t)
{
	return t->busy;
}

uint64_t transfer_done(const struct transfer *t)
{
	return t->done;
}

void transfer_no_more(struct transfer *t)
{
	t->pace.ending = true;
}

struct aws_call transfer_call(const struct transfer *t)
{
	return (struct aws_call){
		.attempt_ms = ATTEMPT_MS,
		.stall_ms = STALL_MS,
		.made_at_ms = t->made_at_ms,
	};
}

struct transfer_block *transfer_vacant(struct transfer *t)
{
	struct slot *slot = t->slots;

	while (slot->is_busy)
		slot++;
	if (t->way->has_data && !slot->block.data)
		slot->block.data = xmalloc_pages(EBS_BLOCK_BYTES);
	return &slot->block;
}

static int submit(struct transfer *t, struct slot *slot, size_t which, struct error *err)
{
	return t->way->submit(t->userdata, &slot->block, &slot->ids[which], err);
}

static int submit_first(struct transfer *t, struct slot *slot, struct error *err)
{
	slot->begun_ms = clock_now_ms();
	slot->hedges = 0;
	slot->due_ms = 0;
	return submit(t, slot, 0, err);
}

int transfer_begin(struct transfer *t, struct transfer_block *block, struct error *err)
{
	struct slot *slot = (struct slot *)block; /* its first member */

	/* Until now there was nothing that could have been done. */
	if (!t->busy)
		t->done_ms = clock_now_ms();
	slot->is_busy = true;
	t->busy++;
	return submit_first(t, slot, err);
}

static bool may_hedge(const struct transfer *t, const struct slot *slot)
{
	return t->pace.usual_ms && slot->hedges < HEDGES_MOST &&
	       (slot->ids[1] || t->hedged <= t->window.limit / 4);
}

/* The first that is done counts. Where two are under way, the older, which is the first
 * of them, is given up. */
static int submit_hedge(struct transfer *t, struct slot *slot, struct error *err)
{
	if (slot->ids[1]) {
		aws_client_cancel(t->client, slot->ids[0]);
		slot->ids[0] = slot->ids[1];
	} else {
		t->hedged++;
	}
	slot->hedges++;
	return submit(t, slot, 1, err);
}

/* When the slot's next call is to be begun; 0: there is none to begin. */
static uint64_t due_at_ms(const struct transfer *t, const struct slot *slot)
{
	if (!slot->is_busy)
		return 0;
	if (slot->due_ms)
		return slot->due_ms;
	return may_hedge(t, slot)
		       ? slot->begun_ms + transfer_pace_late_ms(&t->pace, slot->hedges)
		       : 0;
}

/*
 * Move what is due, and once more what takes far longer than usual. *ret_next_ms is when
 * there may be more of it to do, or 0.
 */
static int submit_due(struct transfer *t, uint64_t *ret_next_ms, struct error *err)
{
	const uint64_t now = clock_now_ms();

	*ret_next_ms = 0;
	for (size_t i = 0; i < ARRAY_SIZE(t->slots); i++) {
		struct slot *slot = &t->slots[i];
		uint64_t at = due_at_ms(t, slot);

		if (at && at <= now) {
			if ((slot->due_ms ? submit_first : submit_hedge)(t, slot, err) <
				0)
				return -1;
			at = due_at_ms(t, slot);
		}
		if (at && (!*ret_next_ms || at < *ret_next_ms))
			*ret_next_ms = at;
	}
	return 0;
}

/* The slot whose call it is, and which of its two. */
static struct slot *slot_of(struct transfer *t, uint64_t id, size_t *ret_which)
{
	for (size_t i = 0; i < 2 * ARRAY_SIZE(t->slots); i++)
		if (t->slots[i / 2].ids[i % 2] == id) {
			*ret_which = i % 2;
			return &t->slots[i / 2];
		}
	abort();
}

static void forget_call(struct transfer *t, struct slot *slot, size_t which)
{
	if (which == 1 && slot->ids[1])
		t->hedged--;
	slot->ids[which] = 0;
}

/* Whether a call that has failed may pass later. */
static bool may_pass(const struct transfer *t, const struct aws_result *r)
{
	const struct retry_outcome outcome = {
		.status = r->status,
		.code = r->refusal.code,
		.message = r->refusal.message,
		.age_ms = t->made_at_ms ? clock_now_ms() - t->made_at_ms : RETRY_AGE_OLD,
	};

	if (r->refusal.code || r->status >= 300)
		return retry_reason(&outcome) != RETRY_NOT;
	return r->error->code == ERR_TIMEOUT || r->error->code == ERR_FETCH;
}

static int failed(struct transfer *t, struct slot *slot, const struct aws_result *r,
	struct error *err)
{
	const uint64_t now = clock_now_ms();

	transfer_window_cut(&t->window, now);
	if (may_pass(t, r) && now - t->done_ms < GIVE_UP_MS) {
		if (!slot->ids[0] && !slot->ids[1])
			slot->due_ms = now + AGAIN_MS;
		return 0;
	}
	*err = *r->error;
	return error_context(err, "%s block %" PRIu64, t->way->verb, slot->block.index);
}

static int done(struct transfer *t, struct slot *slot, const struct aws_result *r,
	struct error *err)
{
	const uint64_t now = clock_now_ms(), took = now - slot->begun_ms;

	if (t->way->take(t->userdata, &slot->block, r, err) < 0)
		return -1;
	for (size_t k = 0; k < ARRAY_SIZE(slot->ids); k++) {
		aws_client_cancel(t->client, slot->ids[k]);
		forget_call(t, slot, k);
	}
	free(TAKE_PTR(slot->block.token));
	slot->is_busy = false;
	t->busy--;
	t->done++;
	t->done_ms = now;
	transfer_pace_done(&t->pace, took, slot->hedges > 0);
	if (r->attempts > 1)
		transfer_window_cut(&t->window, now);
	transfer_window_done(&t->window, now);
	return 0;
}

static int go_on(struct transfer *t, bool waits, struct http_wait wait, struct error *err)
{
	CLEANUP(aws_result_releasep) struct aws_result r = AWS_RESULT_INIT;
	struct slot *slot;
	uint64_t id;
	size_t which;

	if (submit_due(t, &wait.deadline_ms, err) < 0)
		return -1;
	if (!waits)
		wait.deadline_ms = clock_now_ms();
	if (aws_client_next(t->client, &wait, &id, &r, err) < 0)
		return -1;
	if (!id)
		return 0;
	slot = slot_of(t, id, &which);
	forget_call(t, slot, which);
	return r.error ? failed(t, slot, &r, err) : done(t, slot, &r, err);
}

int transfer_step(struct transfer *t, bool waits, struct error *err)
{
	return go_on(t, waits, (struct http_wait){ .also_fd = -1 }, err);
}

int transfer_step_or(struct transfer *t, int also_fd, struct error *err)
{
	return go_on(
		t, true, (struct http_wait){ .also_fd = also_fd, .idle = true }, err);
}
