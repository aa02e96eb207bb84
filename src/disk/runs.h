/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A map handed out as runs, in ascending order and without a gap between them: bytes,
 * read from where they are, and zeros, of which only the length is told. For sinks that
 * write from front to back.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/progress.h"
#include "disk/blockmap.h"
#include "disk/sink.h"

/* Runs begin and end at multiples of this (but for the end of the map). */
enum { RUN_UNIT_BYTES = 4096 };

struct run_handler {
	int (*data)(struct run_handler *h, uint64_t offset_bytes, const void *bytes,
		size_t length_bytes, struct error *err);
	/* NULL: nobody needs to know. */
	int (*zeros)(struct run_handler *h, uint64_t offset_bytes, uint64_t length_bytes,
		struct error *err);
	struct sink *sink; /* whose settled() is told; or NULL */
};

/* ERR_INTERRUPTED when the program is told to end. */
int runs_walk(const struct blockmap *m, struct run_handler *h, struct progress *p,
	struct error *err);
