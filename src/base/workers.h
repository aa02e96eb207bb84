/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One function in several threads at once, which take their work from what they share.
 * Signals stay with the threads that the program has anyway.
 */
#pragma once

#include <stddef.h>

#include "base/error.h"

enum { WORKERS_MOST = 16 };

/*
 * Run `work` in the calling thread and in up to `helpers` more (at most WORKERS_MOST),
 * and return when all have. Where no thread can be started, the caller does it all.
 */
void workers_run(size_t helpers, void *(*work)(void *userdata), void *userdata);

/*
 * `fn` for each index below `count`, in as many threads. The first error ends it: indices
 * not begun by then are left out.
 */
int workers_each(size_t helpers, size_t count,
	int (*fn)(void *userdata, size_t index, struct error *err), void *userdata,
	struct error *err);

/* workers_run() in up to `count` threads (at most WORKERS_MOST, at least one), while the
 * caller goes on. */
struct workers;
int workers_start(size_t count, void *(*work)(void *userdata), void *userdata,
	struct workers **ret, struct error *err);

/* Wait until all have returned. NULL is fine. */
struct workers *workers_join(struct workers *w);
