/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Blocks of a snapshot under way, in one direction or the other: as many at once as make
 * it faster (transfer_window.h); again when one has failed and may pass later; once more,
 * and again, when one takes far longer than usual.
 *
 *	while (there are more || transfer_is_busy(t)) {
 *		if (there are more && transfer_has_room(t))
 *			fill in transfer_vacant(t), and transfer_begin() it
 *		transfer_step(t, …)
 *	}
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "aws/client.h"
#include "tree/hash.h"

/* Connections that the client should have room for. */
enum { TRANSFER_CONNECTIONS_MOST = 80 };

struct transfer;

/* One block on its way. What a direction does not need it leaves alone. */
struct transfer_block {
	uint64_t index;
	uint8_t *data; /* EBS_BLOCK_BYTES of the transfer's own, or NULL */
	uint8_t digest[SHA256_BYTES];
	char *token; /* freed when the block is done */
};

/* What makes a direction. */
struct transfer_way {
	const char *verb; /* for messages: "send" */
	bool has_data; /* blocks have a `data` */
	/* Begin the call that moves the block; aws_client_submit() of the client. */
	int (*submit)(void *userdata, const struct transfer_block *block,
		uint64_t *ret_id, struct error *err);
	/* The service has done it: see to what that means. The block is done then. */
	int (*take)(void *userdata, const struct transfer_block *block,
		const struct aws_result *result, struct error *err);
};

/* `made_at_ms` is as in aws_call, the snapshot's. The client outlives the transfer. */
struct transfer *transfer_new(struct aws_client *client, uint64_t made_at_ms,
	const struct transfer_way *way, void *userdata);

/* Cancels what is under way. NULL is fine. */
struct transfer *transfer_free(struct transfer *t);
static inline void transfer_freep(struct transfer **t)
{
	*t = transfer_free(*t);
}

bool transfer_has_room(const struct transfer *t); /* for one more */
bool transfer_is_busy(const struct transfer *t);
unsigned int transfer_under_way(const struct transfer *t); /* blocks */
uint64_t transfer_done(const struct transfer *t); /* blocks, since transfer_new() */

/*
 * The block that transfer_begin() begins next; to be asked for only while there is room.
 * Without transfer_begin() it stays vacant.
 */
struct transfer_block *transfer_vacant(struct transfer *t);
int transfer_begin(struct transfer *t, struct transfer_block *block, struct error *err);

/* There will be no other block: what is under way is waited for less patiently. */
void transfer_no_more(struct transfer *t);

/*
 * Let the transfers go on: until one has ended when it `waits`, else only for what is
 * there already. Fails when a block is refused, or fails for what may pass and none has
 * been done for two minutes.
 */
int transfer_step(struct transfer *t, bool waits, struct error *err);
/* Until one has ended, or the descriptor is readable. */
int transfer_step_or(struct transfer *t, int also_fd, struct error *err);

/* The time limits of one attempt to move a block; the rest is the direction's. */
struct aws_call transfer_call(const struct transfer *t);
