/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/upload_feed.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "aws/ebs.h"
#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/term.h"
#include "base/workers.h"
#include "disk/zero.h"
#include "tree/hash_pair.h"

enum { AHEAD = 8 }; /* 4 MiB */

struct item {
	struct upload_feed_block block;
	bool is_stored;
};

struct upload_feed {
	struct upload_feed_spec spec;
	struct workers *workers;
	int event; /* eventfd: the ring has got something */
	/* The thread's own. */
	struct hash *hash;
	struct item *held; /* read, but it waits for another one to be hashed with */
	size_t past_at;
	/* Under the lock; what is between first and first + count is the taker's. */
	pthread_mutex_t lock;
	pthread_cond_t has_room;
	struct item ring[AHEAD];
	size_t first, count;
	uint64_t left_most; /* blocks that may still be taken */
	bool has_ended, is_given_up;
	struct error error;
};

/* The next block from *index on that may have to be sent. */
static int seek(
	struct upload_feed *f, uint64_t *index, bool *ret_found, struct error *err)
{
	if (!f->spec.delta)
		return upload_source_seek(f->spec.source, index, ret_found, err);
	*ret_found = block_set_seek(f->spec.delta, index);
	return 0;
}

static int count_blocks(struct upload_feed *f, struct error *err)
{
	if (!f->spec.delta)
		return upload_source_count(f->spec.source, &f->left_most, err);
	f->left_most = block_set_count(f->spec.delta);
	return 0;
}

/* A vacant place at the end of the ring; NULL: nobody wants it any more. */
static struct item *await_room(struct upload_feed *f)
{
	const size_t held = f->held ? 1 : 0;
	struct item *item = NULL;

	(void)pthread_mutex_lock(&f->lock);
	while (f->count + held == AHEAD && !f->is_given_up)
		(void)pthread_cond_wait(&f->has_room, &f->lock);
	if (!f->is_given_up)
		item = &f->ring[(f->first + f->count + held) % AHEAD];
	(void)pthread_mutex_unlock(&f->lock);
	return item;
}

static void tell(struct upload_feed *f)
{
	const uint64_t one = 1;

	/* It cannot be full: that takes 2^64 of them. */
	(void)!write(f->event, &one, sizeof(one));
}

/* The first ones of those that are not the taker's yet. */
static void put_items(struct upload_feed *f, size_t count)
{
	(void)pthread_mutex_lock(&f->lock);
	f->count += count;
	tell(f);
	(void)pthread_mutex_unlock(&f->lock);
}

static void put_held(struct upload_feed *f)
{
	struct upload_feed_block *block;

	if (!f->held)
		return;
	block = &f->held->block;
	hash_add(f->hash, block->data, EBS_BLOCK_BYTES);
	hash_end(f->hash, block->digest);
	f->held = NULL;
	put_items(f, 1);
}

static void put_with_held(struct upload_feed *f, struct item *item)
{
	struct upload_feed_block *first = &f->held->block, *second = &item->block;

	hash_pair((const uint8_t *const[2]){ first->data, second->data }, EBS_BLOCK_BYTES,
		(uint8_t *const[2]){ first->digest, second->digest });
	f->held = NULL;
	put_items(f, 2);
}

static void put_item(struct upload_feed *f, struct item *item)
{
	if (item->is_stored) {
		put_held(f);
		put_items(f, 1);
	} else if (f->held) {
		put_with_held(f, item);
	} else {
		f->held = item;
	}
}

/* Read a block into the item; *ret_wanted is false when it is not to be sent. */
static int fill(struct upload_feed *f, struct item *item, uint64_t index,
	bool *ret_wanted, struct error *err)
{
	struct upload_feed_block *block = &item->block;
	const struct transfer_stored *stored =
		f->spec.past ? transfer_past_find(f->spec.past, &f->past_at, index)
			     : NULL;

	block->index = index;
	item->is_stored = stored != NULL;
	*ret_wanted = true;
	if (stored) {
		memcpy(block->digest, stored->digest, SHA256_BYTES);
		return 0;
	}
	if (upload_source_read(f->spec.source, index, block->data, err) < 0)
		return -1;
	*ret_wanted = f->spec.delta || !bytes_are_zero(block->data, EBS_BLOCK_BYTES);
	return 0;
}

/* A block that nobody will take. */
static void note_zeroes(struct upload_feed *f)
{
	(void)pthread_mutex_lock(&f->lock);
	f->left_most -= f->left_most > 0;
	(void)pthread_mutex_unlock(&f->lock);
}

static int feed(struct upload_feed *f, struct error *err)
{
	struct item *item;

	for (uint64_t index = 0; (item = await_room(f)); index++) {
		bool found, wanted;

		if (seek(f, &index, &found, err) < 0)
			return -1;
		if (!found)
			return 0;
		if (fill(f, item, index, &wanted, err) < 0)
			return -1;
		if (wanted)
			put_item(f, item);
		else
			note_zeroes(f);
	}
	return 0;
}

static void *work(void *userdata)
{
	struct upload_feed *f = userdata;
	struct error err = ERROR_INIT;

	(void)feed(f, &err);
	put_held(f);
	(void)pthread_mutex_lock(&f->lock);
	f->error = err;
	f->has_ended = true;
	tell(f);
	(void)pthread_mutex_unlock(&f->lock);
	return NULL;
}

int upload_feed_start(
	const struct upload_feed_spec *spec, struct upload_feed **ret, struct error *err)
{
	CLEANUP(upload_feed_freep) struct upload_feed *f = xcalloc(1, sizeof(*f));

	f->spec = *spec;
	f->hash = hash_new();
	(void)pthread_mutex_init(&f->lock, NULL);
	(void)pthread_cond_init(&f->has_room, NULL);
	for (size_t i = 0; i < AHEAD; i++)
		f->ring[i].block.data = xmalloc_pages(EBS_BLOCK_BYTES);
	f->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (f->event < 0)
		return error_errno(err, "make an event");
	if (count_blocks(f, err) < 0)
		return -1;
	if (workers_start(1, work, f, &f->workers, err) < 0)
		return -1;
	*ret = TAKE_PTR(f);
	return 0;
}

struct upload_feed *upload_feed_free(struct upload_feed *f)
{
	if (!f)
		return NULL;
	(void)pthread_mutex_lock(&f->lock);
	f->is_given_up = true;
	(void)pthread_cond_signal(&f->has_room);
	(void)pthread_mutex_unlock(&f->lock);
	f->workers = workers_join(f->workers);
	for (size_t i = 0; i < AHEAD; i++)
		free(f->ring[i].block.data);
	f->hash = hash_free(f->hash);
	fd_closep(&f->event);
	(void)pthread_cond_destroy(&f->has_room);
	(void)pthread_mutex_destroy(&f->lock);
	free(f);
	return NULL;
}

/* With the lock, and something in the ring. */
static enum upload_feed_state take_first(
	struct upload_feed *f, struct upload_feed_block *block)
{
	struct item *item = &f->ring[f->first];
	uint8_t *data = block->data;

	*block = item->block;
	item->block.data = data;
	f->first = (f->first + 1) % AHEAD;
	f->count--;
	f->left_most -= f->left_most > 0;
	(void)pthread_cond_signal(&f->has_room);
	return item->is_stored ? UPLOAD_FEED_STORED : UPLOAD_FEED_BLOCK;
}

uint64_t upload_feed_left_most(struct upload_feed *f)
{
	uint64_t left;

	(void)pthread_mutex_lock(&f->lock);
	left = f->left_most;
	(void)pthread_mutex_unlock(&f->lock);
	return left;
}

int upload_feed_take(struct upload_feed *f, struct upload_feed_block *block,
	enum upload_feed_state *ret, struct error *err)
{
	int rc = 0;
	uint64_t told;

	(void)pthread_mutex_lock(&f->lock);
	if (f->count) {
		*ret = take_first(f, block);
	} else if (!f->has_ended) {
		(void)!read(f->event, &told, sizeof(told));
		*ret = UPLOAD_FEED_LATER;
	} else if (f->error.code != ERR_NONE) {
		*err = f->error;
		rc = -1;
	} else {
		*ret = UPLOAD_FEED_END;
	}
	(void)pthread_mutex_unlock(&f->lock);
	return rc;
}

int upload_feed_await(struct upload_feed *f, struct upload_feed_block *block,
	enum upload_feed_state *ret, struct error *err)
{
	struct pollfd fds[] = {
		{ .fd = f->event, .events = POLLIN },
		{ .fd = term_fd(), .events = POLLIN },
	};

	do {
		if (term_check(err) < 0 || upload_feed_take(f, block, ret, err) < 0)
			return -1;
		if (*ret != UPLOAD_FEED_LATER)
			return 0;
	} while (poll(fds, ARRAY_SIZE(fds), -1) >= 0 || errno == EINTR);
	return error_errno(err, "wait for a block");
}

int upload_feed_fd(const struct upload_feed *f)
{
	return f->event;
}
