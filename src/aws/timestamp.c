/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/timestamp.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static bool is_form(const char *text, const char *form)
{
	for (; *form; form++, text++)
		if (*form == '0' ? *text < '0' || *text > '9' : *text != *form)
			return false;
	return true;
}

static int two_digits(const char *text)
{
	return (text[0] - '0') * 10 + text[1] - '0';
}

/* Behind the seconds: false when it is no zone. */
static bool parse_zone(const char *text, int64_t *ret_offset_s)
{
	*ret_offset_s = 0;
	if (*text == '.') {
		size_t digits = strspn(text + 1, "0123456789");

		if (!digits)
			return false;
		text += 1 + digits;
	}
	if (strcmp(text, "Z") == 0 || strcmp(text, "UTC") == 0)
		return true;
	if ((*text != '+' && *text != '-') || !is_form(text + 1, "00:00") || text[6])
		return false;
	*ret_offset_s = two_digits(text + 1) * 3600 + two_digits(text + 4) * 60;
	if (*text == '-')
		*ret_offset_s = -*ret_offset_s;
	return true;
}

bool timestamp_parse(const char *text, int64_t *ret_s)
{
	struct tm tm = { 0 }, back;
	int64_t offset_s;
	time_t t;

	if (!is_form(text, "0000-00-00T00:00:00") || !parse_zone(text + 19, &offset_s))
		return false;
	tm.tm_year = two_digits(text) * 100 + two_digits(text + 2) - 1900;
	tm.tm_mon = two_digits(text + 5) - 1;
	tm.tm_mday = two_digits(text + 8);
	tm.tm_hour = two_digits(text + 11);
	tm.tm_min = two_digits(text + 14);
	tm.tm_sec = two_digits(text + 17);
	back = tm;
	t = timegm(&back);
	/* What timegm() had to correct was no moment, but for a leap second. */
	if (back.tm_mon != tm.tm_mon || back.tm_mday != tm.tm_mday ||
		back.tm_hour != tm.tm_hour ||
		(back.tm_min != tm.tm_min && tm.tm_sec != 60))
		return false;
	*ret_s = (int64_t)t - offset_s;
	return true;
}
