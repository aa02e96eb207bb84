/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a disk's blocks go. A sink pulls the map's blocks in an order of its own
 * choosing, learns from the map what is zero and never stores zeros that it need not
 * store.
 *
 * Sinks: a raw file (sparse), a block device. An EBS snapshot is one more implementation
 * of the same operations (core/sink_snapshot.h).
 */
#pragma once

#include <stdint.h>

#include "base/error.h"
#include "base/progress.h"
#include "disk/blockmap.h"

struct sink;

/* An implementation embeds `struct sink` first. */
struct sink_ops {
	const char *name; /* for people: "file", "device" */
	/* Store the whole map and make it durable. */
	int (*write)(struct sink *s, const struct blockmap *m, struct progress *p,
		struct error *err);
	void (*free)(struct sink *s);
};

struct sink {
	const struct sink_ops *ops;
	uint64_t written_bytes; /* not zero and stored; for the summary */
	/* NULL, or told by sinks that store front to back: of the first `bytes` nothing
	 * changes any more. */
	void (*settled)(void *userdata, uint64_t bytes);
	void *userdata; /* settled's */
};

int sink_write(
	struct sink *s, const struct blockmap *m, struct progress *p, struct error *err);
struct sink *sink_free(struct sink *s);
static inline void sink_freep(struct sink **s)
{
	*s = sink_free(*s);
}

/* A raw file, empty and open for reading and writing; `fd` stays the caller's. Zero 4 KiB
 * blocks become holes. `name` is for messages. */
struct sink *sink_file_new(int fd, const char *name);

/*
 * A block device, opened O_EXCL by device_open(); `fd` stays the caller's. Zeros are told
 * by BLKZEROOUT (or discard that zeroes), written only where the device offers neither.
 */
struct sink *sink_device_new(int fd, const char *name);
