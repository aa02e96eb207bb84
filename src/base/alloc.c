/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *or_abort(void *p)
{
	if (!p) {
		fputs("amiwright: out of memory\n", stderr);
		abort();
	}
	return p;
}

void *xmalloc(size_t size_bytes)
{
	return or_abort(malloc(size_bytes ? size_bytes : 1));
}

void *xmalloc_pages(size_t size_bytes)
{
	const size_t page_bytes = (size_t)sysconf(_SC_PAGESIZE);
	void *p;

	return or_abort(
		posix_memalign(&p, page_bytes, size_bytes ? size_bytes : 1) ? NULL : p);
}

void *xcalloc(size_t count, size_t size_bytes)
{
	return or_abort(calloc(count ? count : 1, size_bytes ? size_bytes : 1));
}

void *xreallocarray(void *old, size_t count, size_t size_bytes)
{
	return or_abort(
		reallocarray(old, count ? count : 1, size_bytes ? size_bytes : 1));
}

void *xmemdup(const void *from, size_t size_bytes)
{
	void *p = xmalloc(size_bytes);

	if (size_bytes)
		memcpy(p, from, size_bytes);
	return p;
}

char *xstrdup(const char *s)
{
	return or_abort(strdup(s));
}

char *xstrndup(const char *s, size_t max_bytes)
{
	return or_abort(strndup(s, max_bytes));
}

char *xvasprintf(const char *fmt, va_list ap)
{
	char *s = NULL;

	if (vasprintf(&s, fmt, ap) < 0)
		or_abort(NULL);
	return s;
}

char *xasprintf(const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = xvasprintf(fmt, ap);
	va_end(ap);
	return s;
}

void array_reserve_one(void **items, size_t count, size_t *room, size_t size_bytes)
{
	if (count < *room)
		return;
	*room = *room ? *room * 2 : 8;
	*items = xreallocarray(*items, *room, size_bytes);
}
