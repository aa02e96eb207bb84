/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory that is always there: each of these aborts the program when memory is out, so no
 * caller has a path for it. What they return is freed with free().
 */
#pragma once

#include <stdarg.h>
#include <stddef.h>

void *xmalloc(size_t size_bytes);
void *xcalloc(size_t count, size_t size_bytes);
void *xreallocarray(void *old, size_t count, size_t size_bytes);
/*
 * From the start of a page, for what is read from files: a copy to 16 bytes past where
 * its source stands in a page, which is what a large xmalloc() comes to, takes AMD's
 * Zen 3 three times as long (measured: 1.9 GB/s for 5.8).
 */
void *xmalloc_pages(size_t size_bytes);
void *xmemdup(const void *from, size_t size_bytes);
char *xstrdup(const char *s);
char *xstrndup(const char *s, size_t max_bytes);

__attribute__((format(printf, 1, 2))) char *xasprintf(const char *fmt, ...);
__attribute__((format(printf, 1, 0))) char *xvasprintf(const char *fmt, va_list ap);

/*
 * Make room for one more element in a growing array. `*items` holds `count` elements and
 * has room for `*room`; afterwards there is room for at least `count + 1`.
 */
void array_reserve_one(void **items, size_t count, size_t *room, size_t size_bytes);
