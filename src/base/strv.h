/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A growing NULL-terminated vector of strings that it owns: argument vectors, package
 * lists. By value: STRV_INIT, strv_release(). `items` is NULL while nothing was added.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct strv {
	char **items;
	size_t count;
	size_t room;
};

#define STRV_INIT \
	{         \
		0 \
	}

void strv_release(struct strv *v);
static inline void strv_releasep(struct strv *v)
{
	strv_release(v);
}

void strv_add(struct strv *v, const char *text);
__attribute__((format(printf, 2, 3))) void strv_addf(
	struct strv *v, const char *fmt, ...);
void strv_take(struct strv *v, char *text); /* takes ownership of text */
void strv_add_all(struct strv *v, const char *const *texts); /* NULL-terminated */

/* Several at once: STRV_ADD(&argv, "mke2fs", "-q", path); */
#define STRV_ADD(v, ...) strv_add_all(v, (const char *const[]){ __VA_ARGS__, NULL })

bool strv_contains(const struct strv *v, const char *text);
void strv_sort(struct strv *v); /* by byte value */
