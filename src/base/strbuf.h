/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A growing byte string. By value: STRBUF_INIT, strbuf_release(). `data` is always
 * NUL-terminated ("" when empty), so that it can be used as a C string at any time; it
 * may hold NUL bytes of its own.
 */
#pragma once

#include <stddef.h>

struct strbuf {
	char *data;
	size_t length_bytes;
	size_t room_bytes;
};

extern char strbuf_empty[];
#define STRBUF_INIT                  \
	{                            \
		.data = strbuf_empty \
	}

void strbuf_release(struct strbuf *s);
static inline void strbuf_releasep(struct strbuf *s)
{
	strbuf_release(s);
}

void strbuf_add(struct strbuf *s, const void *bytes, size_t length_bytes);
void strbuf_add_str(struct strbuf *s, const char *text);
void strbuf_add_char(struct strbuf *s, char c);
__attribute__((format(printf, 2, 3))) void strbuf_addf(
	struct strbuf *s, const char *fmt, ...);
void strbuf_truncate(struct strbuf *s, size_t length_bytes);

/* Remove `length_bytes` (at most all) from the front. */
void strbuf_drop_front(struct strbuf *s, size_t length_bytes);

/* Append `text` as one word of a POSIX shell command line, quoted where it has to be. */
void strbuf_add_shell_word(struct strbuf *s, const char *text);

/* Hand the string over to the caller, who frees it. The buffer is empty afterwards. */
char *strbuf_take(struct strbuf *s);
