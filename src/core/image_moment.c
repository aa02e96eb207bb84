/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/image_moment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "aws/timestamp.h"

enum { DAY_S = 86400, MINUTE_S = 60, DAYS_MOST = 3653 /* ten years */ };

static bool parse_days(const char *text, int64_t *ret)
{
	const size_t digits = strspn(text, "0123456789");
	const long days = strtol(text, NULL, 10);

	if (!digits || digits > 4 || strcmp(text + digits, "d") != 0 || days < 1 ||
		days > DAYS_MOST)
		return false;
	*ret = days;
	return true;
}

/* "2027-12-31", or with a time behind it. */
static bool parse_date(const char *text, int64_t *ret)
{
	char midnight[sizeof("2027-12-31T00:00:00Z")];

	if (strlen(text) != strlen("2027-12-31"))
		return timestamp_parse(text, ret);
	(void)snprintf(midnight, sizeof(midnight), "%.10sT00:00:00Z", text);
	return timestamp_parse(midnight, ret);
}

bool image_moment(const char *text, int64_t from_s, int64_t *ret_s)
{
	int64_t days, at;

	if (parse_days(text, &days))
		at = from_s + days * DAY_S;
	else if (!parse_date(text, &at))
		return false;
	*ret_s = at - at % MINUTE_S;
	return true;
}

void image_moment_format(int64_t at_s, char ret[static IMAGE_MOMENT_CHARS + 1])
{
	const time_t at = (time_t)at_s;
	struct tm tm;

	if (!gmtime_r(&at, &tm) ||
		strftime(ret, IMAGE_MOMENT_CHARS + 1, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		*ret = '\0';
}
