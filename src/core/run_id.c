/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/run_id.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

void run_id_format(time_t when, const uint8_t random[static RUN_ID_RANDOM_BYTES],
	char ret[static RUN_ID_CHARS + 1])
{
	struct tm utc;
	size_t used;

	if (!gmtime_r(&when, &utc))
		abort();
	used = strftime(ret, RUN_ID_CHARS + 1, "%Y%m%dt%H%M%Sz", &utc);
	ret[used++] = '-';
	for (size_t i = 0; i < RUN_ID_RANDOM_BYTES; i++, used += 2)
		(void)snprintf(ret + used, RUN_ID_CHARS + 1 - used, "%02x", random[i]);
}

void run_id_make(char ret[static RUN_ID_CHARS + 1])
{
	uint8_t random[RUN_ID_RANDOM_BYTES];

	/* Up to 256 bytes come whole, and the call waits only early at boot. */
	if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
		abort();
	run_id_format(time(NULL), random, ret);
}

bool run_id_is_one(const char *text)
{
	static const char shape[] = "00000000t000000z-xxxxxxxxxx";
	size_t at = 0;

	for (; shape[at] && text[at]; at++) {
		const char of[] = { shape[at], '\0' };
		const char *allowed = shape[at] == '0'	 ? "0123456789"
				      : shape[at] == 'x' ? "0123456789abcdef"
							 : of;

		if (!strchr(allowed, text[at]))
			return false;
	}
	return shape[at] == text[at];
}
