/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/duration.h"

#include <string.h>

bool duration_parse(const char *text, uint64_t *ret_s)
{
	static const char units[] = "smhd";
	static const uint64_t seconds[] = { 1, 60, 3600, 86400 };
	const size_t digits = strspn(text, "0123456789");
	const char *unit = text[digits] ? strchr(units, text[digits]) : NULL;
	uint64_t n = 0;

	if (!digits || !unit || text[digits + 1])
		return false;
	for (size_t i = 0; i < digits; i++)
		if (__builtin_mul_overflow(n, UINT64_C(10), &n) ||
			__builtin_add_overflow(n, (uint64_t)(text[i] - '0'), &n))
			return false;
	return !__builtin_mul_overflow(n, seconds[unit - units], ret_s);
}
