/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One function in several threads at once, which take their work from what they share.
 */
#pragma once

#include <stddef.h>

/*
 * Run `work` in the calling thread and in up to `helpers` more (at most WORKERS_MOST), and
 * return when all have. Where no thread can be started, the caller does it all. Signals
 * stay with the threads that the program has anyway.
 */
enum { WORKERS_MOST = 16 };
void workers_run(size_t helpers, void *(*work)(void *userdata), void *userdata);
