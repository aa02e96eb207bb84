/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/debian/apt_meter.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"

/* "[152 kB]" at the end of the line; apt's units are powers of 1000. */
static bool parse_size(const char *line, uint64_t *ret_bytes)
{
	static const struct {
		const char *unit;
		double bytes;
	} units[] = { { "B]", 1 }, { "kB]", 1e3 }, { "MB]", 1e6 }, { "GB]", 1e9 } };
	const char *bracket = strrchr(line, '[');
	char unit[4] = "";
	double number;

	if (!bracket || sscanf(bracket, "[%15lf %3s", &number, unit) != 2)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (!strcmp(unit, units[i].unit) && number >= 0 && number < 1e6) {
			*ret_bytes = (uint64_t)(number * units[i].bytes);
			return true;
		}
	return false;
}

void apt_meter_line(const char *line, void *meter)
{
	struct apt_meter *m = meter;
	uint64_t bytes;

	progress_output_line(line, m->progress);
	if (strncmp(line, "Get:", 4) != 0 || !parse_size(line, &bytes))
		return;
	m->done_bytes += m->current_bytes;
	m->current_bytes = bytes;
	/* Sizes are rounded, and a file may be tried again. */
	if (m->done_bytes > m->total_bytes)
		m->done_bytes = m->total_bytes;
	progress_amount(m->progress, "fetched", m->done_bytes, m->total_bytes);
}
