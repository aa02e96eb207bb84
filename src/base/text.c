/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/text.h"

#include <string.h>
#include <strings.h>

bool text_starts_with(const char *text, const char *start)
{
	return !strncmp(text, start, strlen(start));
}

/* As much of the end of `text` as `end` is long; NULL when all of it is shorter. */
static const char *tail(const char *text, const char *end)
{
	const size_t length = strlen(text), end_length = strlen(end);

	return length >= end_length ? text + length - end_length : NULL;
}

bool text_ends_with(const char *text, const char *end)
{
	const char *last = tail(text, end);

	return last && !strcmp(last, end);
}

bool text_ends_with_any_case(const char *text, const char *end)
{
	const char *last = tail(text, end);

	return last && !strcasecmp(last, end);
}
