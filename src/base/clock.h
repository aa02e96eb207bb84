/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Time. Durations and deadlines are milliseconds on CLOCK_MONOTONIC.
 */
#pragma once

#include <stdint.h>
#include <time.h>

uint64_t clock_now_ms(void);

/* poll()'s timeout until `deadline_ms`: 0 when it has passed, -1 when deadline_ms is 0
 * (none). */
int clock_poll_timeout(uint64_t deadline_ms);

/* "2026-11-21T08:41:37Z". `room` ≥ 21 bytes; "" when it does not suffice. */
void clock_format_utc(time_t t, char *buf, size_t room);
