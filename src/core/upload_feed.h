/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The blocks of a disk that make a snapshot, in their order, each with its SHA-256: read
 * and hashed ahead by a thread, while those before them are sent.
 */
#pragma once

#include "core/transfer_past.h"
#include "core/block_set.h"
#include "core/upload_source.h"

/* All of it is the caller's, outlives the feed, and is the thread's meanwhile. */
struct upload_feed_spec {
	struct upload_source *source;
	const struct block_set *delta; /* NULL: all that are not zero */
	const struct transfer_past *past; /* blocks of it are not read; or NULL */
};

struct upload_feed;

int upload_feed_start(
	const struct upload_feed_spec *spec, struct upload_feed **ret, struct error *err);
/* Ends the thread soon. NULL is fine. */
struct upload_feed *upload_feed_free(struct upload_feed *f);
static inline void upload_feed_freep(struct upload_feed **f)
{
	*f = upload_feed_free(*f);
}

enum upload_feed_state {
	UPLOAD_FEED_LATER = 0, /* none is ready: upload_feed_fd() tells when one is */
	UPLOAD_FEED_BLOCK,
	UPLOAD_FEED_STORED, /* a block of the past: it has no data */
	UPLOAD_FEED_END,
};

struct upload_feed_block {
	uint64_t index;
	uint8_t digest[SHA256_BYTES];
	uint8_t *data; /* EBS_BLOCK_BYTES */
};

/* How many may still come: of those that were not looked at, any may be zero. */
uint64_t upload_feed_left_most(struct upload_feed *f);

/* The next one, if it is ready. Its buffer is swapped for the one that `block` has. */
int upload_feed_take(struct upload_feed *f, struct upload_feed_block *block,
	enum upload_feed_state *ret, struct error *err);

/* The same, waited for: never UPLOAD_FEED_LATER. ERR_INTERRUPTED as term_check(). */
int upload_feed_await(struct upload_feed *f, struct upload_feed_block *block,
	enum upload_feed_state *ret, struct error *err);

/* Becomes readable when, after UPLOAD_FEED_LATER, there is something to take. */
int upload_feed_fd(const struct upload_feed *f);
