/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/size.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/cleanup.h"

static const char units[] = "KMGT";

/* The power of 1024 that a suffix stands for, or -1. */
static int suffix_power(const char *s)
{
	const char *unit;

	if (*s == '\0' || !strcasecmp(s, "B"))
		return 0;
	unit = strchr(units, *s >= 'a' ? *s - 'a' + 'A' : *s);
	if (!unit)
		return -1;
	/* "GB" would be another number to some: it is refused. */
	if (s[1] == '\0' || !strcasecmp(s + 1, "iB"))
		return (int)(unit - units) + 1;
	return -1;
}

bool size_parse(const char *text, uint64_t *ret_bytes)
{
	uint64_t n = 0;
	bool has_unit;
	int power;

	if (*text < '0' || *text > '9')
		return false;
	for (; *text >= '0' && *text <= '9'; text++)
		if (__builtin_mul_overflow(n, UINT64_C(10), &n) ||
			__builtin_add_overflow(n, (uint64_t)(*text - '0'), &n))
			return false;
	while (*text == ' ')
		text++;
	has_unit = *text;
	power = suffix_power(text);
	if (power < 0 || (!has_unit && n && n <= EBS_VOLUME_MOST_GIB))
		return false;
	for (; power; power--)
		if (__builtin_mul_overflow(n, KIB, &n))
			return false;
	*ret_bytes = n;
	return true;
}

void size_add_refusal(const char *text, struct strbuf *to)
{
	uint64_t ignored;
	CLEANUP(freep) char *bytes = xasprintf("%sB", text);

	if (*text && !text[strspn(text, "0123456789")] && size_parse(bytes, &ignored))
		strbuf_addf(to, "has no unit; write %sG, or %s for bytes", text, bytes);
	else
		strbuf_add_str(to, "is not a size; write it like 512M or 8G");
}

const char *size_format(uint64_t bytes, char buf[static 16])
{
	double value = (double)bytes;
	int unit = -1;

	/* 1023.5 would be shown as 1024: go on to the next unit before that. */
	while (value >= 1023.5 && unit < (int)strlen(units) - 1) {
		value /= 1024;
		unit++;
	}
	if (unit < 0)
		(void)snprintf(buf, 16, "%u B", (unsigned int)bytes);
	else
		(void)snprintf(buf, 16, "%.*f %ciB",
			value < 9.995	? 2
			: value < 99.95 ? 1
					: 0,
			value, units[unit]);
	return buf;
}
