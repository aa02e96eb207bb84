/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How far a download is, from the lines that apt prints as it goes: "Get:7 URI … [152
 * kB]" stands there when a file begins.
 */
#pragma once

#include <stdint.h>

#include "base/progress.h"

struct apt_meter {
	struct progress *progress;
	uint64_t total_bytes;
	uint64_t done_bytes; /* of the files that came before the last one */
	uint64_t current_bytes; /* of the last one, as apt rounds it */
};

/* A proc_line_fn: `meter` is the struct apt_meter. The line is passed on as output, too.
 */
void apt_meter_line(const char *line, void *meter);
