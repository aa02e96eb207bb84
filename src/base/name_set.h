/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A growing set of names that it does not own: they have to outlive it. By value:
 * NAME_SET_INIT, name_set_release().
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Bytes of somebody else's, not terminated. */
struct name {
	const char *text;
	size_t length_bytes;
};

struct name_set {
	struct name *slots; /* no text: none there */
	size_t room; /* a power of two, or 0 */
	size_t count;
};

#define NAME_SET_INIT \
	{             \
		0     \
	}

void name_set_release(struct name_set *s);
static inline void name_set_releasep(struct name_set *s)
{
	name_set_release(s);
}

void name_set_add(struct name_set *s, struct name name);
bool name_set_has(const struct name_set *s, struct name name);
