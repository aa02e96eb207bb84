/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The progress of things that several threads do at once: each reports to a part of its
 * own, and the listener is told whose it is, by one thread at a time.
 */
#pragma once

#include <pthread.h>

#include "base/progress.h"

/* By value: PROGRESS_PARTS_INIT. It must outlive its parts. */
struct progress_parts {
	struct progress *to; /* the listener, or NULL */
	pthread_mutex_t lock;
};

#define PROGRESS_PARTS_INIT(listener)                               \
	{                                                           \
		.to = (listener), .lock = PTHREAD_MUTEX_INITIALIZER \
	}

/* What one thread reports to, as &part.progress. */
struct progress_part {
	struct progress progress; /* first */
	struct progress_parts *parts;
	const char *name; /* stands in each event; borrowed */
};

void progress_part_init(
	struct progress_part *p, struct progress_parts *parts, const char *name);
