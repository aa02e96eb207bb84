/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ids of runs: what one invocation makes is named and tagged with it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

enum { RUN_ID_RANDOM_BYTES = 5, RUN_ID_CHARS = 27 };

/*
 * "20261121t090113z-4f0c9a21be": UTC, so that ids sort by time, then 40 random bits, so
 * that two runs of one second differ. Lower-case letters, digits and '-' only: valid as
 * a tag, a host name and part of a file name.
 */
void run_id_make(char ret[static RUN_ID_CHARS + 1]);

/* The same from given inputs. */
void run_id_format(time_t when, const uint8_t random[static RUN_ID_RANDOM_BYTES],
	char ret[static RUN_ID_CHARS + 1]);

/* Whether it is written as these ids are. */
bool run_id_is_one(const char *text);
