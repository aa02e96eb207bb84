/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The blocks of a completed snapshot out of the service, many at once, each held against
 * its SHA-256.
 */
#pragma once

#include "base/progress.h"
#include "core/block_list.h"
#include "core/snapshot_fetch.h"

/* What is to become of a block that is listed. */
enum snapshot_want {
	SNAPSHOT_SKIP = 0,
	SNAPSHOT_FETCH,
	SNAPSHOT_ASK_AGAIN, /* the one who is asked had something else to do first */
};

struct snapshot_reading {
	struct aws_client *ebs;
	struct block_list *list; /* read to its end, from where it stands */
	void *userdata;
	/* In the order of the list. What takes long is done in pieces: transfers wait. */
	int (*want)(void *userdata, uint64_t index, enum snapshot_want *ret,
		struct error *err);
	snapshot_take_fn *take; /* as they come */
	struct progress *progress; /* or NULL */
};

/* ERR_UNTRUSTED for a block that is not what its checksum says. */
int snapshot_read(const struct snapshot_reading *reading, struct error *err);
