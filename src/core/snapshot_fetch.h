/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Single blocks of a completed snapshot out of the service, several at once, each held
 * against its SHA-256.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "aws/client.h"
#include "aws/ebs.h"
#include "tree/hash.h"

struct snapshot_fetch;

struct snapshot_block {
	uint64_t index;
	const uint8_t *data; /* EBS_BLOCK_BYTES */
	const uint8_t *digest;
};

/* A block has come. */
typedef int snapshot_take_fn(
	void *userdata, const struct snapshot_block *block, struct error *err);

/* The client and the id outlive it. */
struct snapshot_fetch *snapshot_fetch_new(struct aws_client *ebs, const char *snapshot_id,
	snapshot_take_fn *take, void *userdata);
struct snapshot_fetch *snapshot_fetch_free(struct snapshot_fetch *f); /* NULL is fine */
static inline void snapshot_fetch_freep(struct snapshot_fetch **f)
{
	*f = snapshot_fetch_free(*f);
}

bool snapshot_fetch_has_room(const struct snapshot_fetch *f); /* for one more */
bool snapshot_fetch_is_busy(const struct snapshot_fetch *f);

/* A block of the list, which need not stay. */
int snapshot_fetch_begin(
	struct snapshot_fetch *f, const struct ebs_block *listed, struct error *err);

/* Until one has come when it `waits`, else only what is there already. ERR_UNTRUSTED for
 * a block that is not what its checksum says. */
int snapshot_fetch_step(struct snapshot_fetch *f, bool waits, struct error *err);
