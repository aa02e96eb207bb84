/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/upload_delta.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "core/compare_blocks.h"
#include "core/upload_feed.h"

enum { SHOW_MS = 100 };

/* One finding while the parent is fetched. */
struct finding {
	struct block_set *delta;
	struct kept_blocks *blocks; /* or NULL */
};

static int differs(
	void *userdata, uint64_t index, uint64_t offset_bytes, struct error *err)
{
	const struct finding *f = userdata;

	(void)offset_bytes;
	(void)err;
	block_set_add(f->delta, index);
	return 0;
}

static void fetched(void *userdata, uint64_t index, const uint8_t *digest)
{
	const struct finding *f = userdata;

	if (f->blocks)
		kept_blocks_add(f->blocks, index, digest);
}

int upload_delta_find(struct aws_client *ebs, struct block_list *parent,
	struct upload_source *source, uint64_t volume_bytes,
	struct kept_blocks *ret_blocks, struct progress *p, struct block_set **ret,
	struct error *err)
{
	struct finding f = { block_set_new(volume_bytes), ret_blocks };
	const struct compare_work work = {
		.ebs = ebs,
		.list = parent,
		.source = source,
		.progress = p,
		.userdata = &f,
		.differs = differs,
		.fetched = fetched,
	};
	uint64_t compared;

	if (compare_blocks(&work, &compared, err) < 0) {
		f.delta = block_set_free(f.delta);
		return -1;
	}
	*ret = f.delta;
	return 0;
}

/* The digest of a block that is zero. */
static void hash_zeroes(const uint8_t *zeroes, uint8_t ret[static SHA256_BYTES])
{
	CLEANUP(hash_freep) struct hash *hash = hash_new();

	hash_add(hash, zeroes, EBS_BLOCK_BYTES);
	hash_end(hash, ret);
}

/* Those of `a` that `b` has otherwise; what one does not have is zero there. */
static void add_other_than(struct block_set *set, const struct kept_blocks *a,
	const struct kept_blocks *b, const uint8_t zero[static SHA256_BYTES])
{
	size_t at = 0;

	for (size_t i = 0; i < a->count; i++) {
		const uint64_t index = a->blocks[i].index;
		const uint8_t *there = zero;

		while (at < b->count && b->blocks[at].index < index)
			at++;
		if (at < b->count && b->blocks[at].index == index)
			there = b->blocks[at].digest;
		if (memcmp(a->blocks[i].digest, there, SHA256_BYTES) != 0)
			block_set_add(set, index);
	}
}

struct block_set *upload_delta_of_kept(const struct kept_blocks *parent,
	const struct kept_blocks *disk, uint64_t volume_bytes)
{
	CLEANUP(freep) uint8_t *zeroes = xcalloc(1, EBS_BLOCK_BYTES);
	struct block_set *set = block_set_new(volume_bytes);
	uint8_t zero[SHA256_BYTES];

	hash_zeroes(zeroes, zero);
	add_other_than(set, parent, disk, zero);
	add_other_than(set, disk, parent, zero);
	return set;
}

/* One comparison with digests. */
struct holding {
	const struct kept_blocks *parent;
	size_t at; /* in it */
	struct block_set *delta;
	struct upload_feed_block block;
	uint8_t zero[SHA256_BYTES];
};

static void holding_releasep(struct holding *h)
{
	h->delta = block_set_free(h->delta);
	free(h->block.data);
}

static void holding_begin(
	struct holding *h, const struct kept_blocks *parent, uint64_t volume_bytes)
{
	*h = (struct holding){ .parent = parent,
		.delta = block_set_new(volume_bytes),
		.block.data = xcalloc(1, EBS_BLOCK_BYTES) };
	hash_zeroes(h->block.data, h->zero);
}

/* Blocks of the parent before `end`: here there is nothing but zeroes. */
static void note_zeroes(struct holding *h, uint64_t end)
{
	const struct kept_blocks *parent = h->parent;

	for (; h->at < parent->count && parent->blocks[h->at].index < end; h->at++)
		if (memcmp(parent->blocks[h->at].digest, h->zero, SHA256_BYTES) != 0)
			block_set_add(h->delta, parent->blocks[h->at].index);
}

/* The block that came; one that the parent does not have is zero there. */
static void hold_against(struct holding *h)
{
	const struct kept_blocks *parent = h->parent;
	const uint8_t *there = h->zero;

	if (h->at < parent->count && parent->blocks[h->at].index == h->block.index)
		there = parent->blocks[h->at++].digest;
	if (memcmp(h->block.digest, there, SHA256_BYTES) != 0)
		block_set_add(h->delta, h->block.index);
}

static int hold_all(struct holding *h, struct upload_source *source, struct progress *p,
	struct error *err)
{
	CLEANUP(upload_feed_freep) struct upload_feed *feed = NULL;
	const struct upload_feed_spec spec = { .source = source };
	uint64_t shown_ms = 0;
	enum upload_feed_state is;

	if (upload_feed_start(&spec, &feed, err) < 0)
		return -1;
	for (;;) {
		if (upload_feed_await(feed, &h->block, &is, err) < 0)
			return -1;
		if (is == UPLOAD_FEED_END)
			break;
		note_zeroes(h, h->block.index);
		hold_against(h);
		if (clock_now_ms() - shown_ms >= SHOW_MS) {
			shown_ms = clock_now_ms();
			progress_amount(p, upload_source_name(source),
				h->block.index * EBS_BLOCK_BYTES,
				upload_source_bytes(source));
		}
	}
	note_zeroes(h, UINT64_MAX);
	return 0;
}

int upload_delta_find_kept(const struct kept_blocks *parent, struct upload_source *source,
	uint64_t volume_bytes, struct progress *p, struct block_set **ret,
	struct error *err)
{
	CLEANUP(holding_releasep) struct holding h = { 0 };
	const uint64_t size = upload_source_bytes(source);

	holding_begin(&h, parent, volume_bytes);
	if (hold_all(&h, source, p, err) < 0)
		return -1;
	progress_amount(p, upload_source_name(source), size, size);
	*ret = TAKE_PTR(h.delta);
	return 0;
}
