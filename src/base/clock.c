/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/clock.h"

#include <limits.h>

uint64_t clock_now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

int clock_poll_timeout(uint64_t deadline_ms)
{
	uint64_t now;

	if (!deadline_ms)
		return -1;
	now = clock_now_ms();
	if (now >= deadline_ms)
		return 0;
	return deadline_ms - now > INT_MAX ? INT_MAX : (int)(deadline_ms - now);
}

void clock_format_utc(time_t t, char *buf, size_t room)
{
	struct tm tm = { 0 };

	if ((!gmtime_r(&t, &tm) || !strftime(buf, room, "%Y-%m-%dT%H:%M:%SZ", &tm)) &&
		room)
		buf[0] = '\0';
}
