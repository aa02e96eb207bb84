/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/snapshot_read.h"

#include "aws/ebs.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/size.h"

enum { SHOW_MS = 100 };

/* One reading while it goes on. */
struct reader {
	const struct snapshot_reading *reading;
	struct snapshot_fetch *fetch;
	uint64_t listed_blocks, done_blocks; /* looked at; come, or not wanted */
	bool has_ended; /* the list */
	uint64_t shown_ms;
};

static void reader_releasep(struct reader *r)
{
	r->fetch = snapshot_fetch_free(r->fetch);
}

static int take(void *userdata, const struct snapshot_block *block, struct error *err)
{
	struct reader *r = userdata;

	r->done_blocks++;
	return r->reading->take(r->reading->userdata, block, err);
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
		*ret_waits = snapshot_fetch_is_busy(r->fetch);
		if (*ret_waits)
			return 0;
		if (block_list_turn(list, &found, err) < 0)
			return -1;
		r->has_ended = !found;
		return 0;
	}
	if (r->reading->want(
		    r->reading->userdata, listed->block_index.value, &want, err) < 0)
		return -1;
	if (want == SNAPSHOT_ASK_AGAIN)
		return 0;
	if (want == SNAPSHOT_FETCH && snapshot_fetch_begin(r->fetch, listed, err) < 0)
		return -1;
	block_list_advance(list);
	r->listed_blocks++;
	r->done_blocks += want == SNAPSHOT_SKIP;
	return 0;
}

/* Of the blocks that there are: what a volume has besides is not fetched. While pages are
 * to come, those may have every block behind this one. */
static void show(struct reader *r)
{
	const uint64_t now = clock_now_ms();
	const uint64_t blocks = r->listed_blocks + block_list_left_most(r->reading->list);
	bool is_done = r->has_ended && !snapshot_fetch_is_busy(r->fetch);

	if (now - r->shown_ms < SHOW_MS && !is_done)
		return;
	r->shown_ms = now;
	progress_amount(r->reading->progress, block_list_snapshot(r->reading->list),
		r->done_blocks * EBS_BLOCK_BYTES, blocks * EBS_BLOCK_BYTES);
}

int snapshot_read(const struct snapshot_reading *reading, struct error *err)
{
	CLEANUP(reader_releasep) struct reader r = { .reading = reading };

	r.fetch = snapshot_fetch_new(
		reading->ebs, block_list_snapshot(reading->list), take, &r);
	while (!r.has_ended || snapshot_fetch_is_busy(r.fetch)) {
		bool waits = r.has_ended || !snapshot_fetch_has_room(r.fetch);

		if (!waits && take_next(&r, &waits, err) < 0)
			return -1;
		if (snapshot_fetch_step(r.fetch, waits, err) < 0)
			return -1;
		show(&r);
	}
	return 0;
}
