/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/server_clock.h"

/* AWS takes five minutes, either way, for most services. */
enum { TOLERATED_S = 4 * 60 };

time_t server_clock_now(const struct server_clock *c)
{
	return (time_t)(time(NULL) + c->ahead_s);
}

bool server_clock_correct(
	struct server_clock *c, int64_t signed_ahead_s, const char *date)
{
	return server_clock_correct_at(c, (int64_t)time(NULL), signed_ahead_s, date);
}

bool server_clock_correct_at(
	struct server_clock *c, int64_t now_s, int64_t signed_ahead_s, const char *date)
{
	struct tm tm = { 0 };
	const char *end;
	int64_t ahead, change;

	if (!date)
		return false;
	end = strptime(date, "%a, %d %b %Y %H:%M:%S GMT", &tm);
	if (!end || *end)
		return false;
	ahead = (int64_t)timegm(&tm) - now_s;
	change = ahead - signed_ahead_s;
	if (change >= -TOLERATED_S && change <= TOLERATED_S)
		return false;
	c->ahead_s = ahead;
	return true;
}
