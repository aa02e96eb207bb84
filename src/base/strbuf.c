/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/strbuf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

char strbuf_empty[1];

static void reserve(struct strbuf *s, size_t more_bytes)
{
	size_t need = s->length_bytes + more_bytes + 1;
	size_t room = s->room_bytes ? s->room_bytes : 64;

	if (need < more_bytes)
		abort();
	if (need <= s->room_bytes)
		return;
	while (room < need)
		room *= 2;
	s->data = xreallocarray(s->room_bytes ? s->data : NULL, room, 1);
	s->room_bytes = room;
}

void strbuf_release(struct strbuf *s)
{
	if (s->room_bytes)
		free(s->data);
	*s = (struct strbuf)STRBUF_INIT;
}

void strbuf_add(struct strbuf *s, const void *bytes, size_t length_bytes)
{
	if (!length_bytes)
		return;
	reserve(s, length_bytes);
	memcpy(s->data + s->length_bytes, bytes, length_bytes);
	s->length_bytes += length_bytes;
	s->data[s->length_bytes] = '\0';
}

void strbuf_add_str(struct strbuf *s, const char *text)
{
	strbuf_add(s, text, strlen(text));
}

void strbuf_add_char(struct strbuf *s, char c)
{
	strbuf_add(s, &c, 1);
}

void strbuf_addf(struct strbuf *s, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	strbuf_add_str(s, text);
	free(text);
}

void strbuf_truncate(struct strbuf *s, size_t length_bytes)
{
	if (length_bytes >= s->length_bytes)
		return;
	s->length_bytes = length_bytes;
	s->data[length_bytes] = '\0';
}

void strbuf_drop_front(struct strbuf *s, size_t length_bytes)
{
	if (length_bytes > s->length_bytes)
		length_bytes = s->length_bytes;
	if (!length_bytes)
		return;
	memmove(s->data, s->data + length_bytes, s->length_bytes - length_bytes);
	strbuf_truncate(s, s->length_bytes - length_bytes);
}

void strbuf_add_shell_word(struct strbuf *s, const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_@%+=:,./-";

	if (*text && text[strspn(text, plain)] == '\0') {
		strbuf_add_str(s, text);
		return;
	}
	strbuf_add_char(s, '\'');
	for (; *text; text++) {
		if (*text == '\'')
			strbuf_add_str(s, "'\\''");
		else
			strbuf_add_char(s, *text);
	}
	strbuf_add_char(s, '\'');
}

char *strbuf_take(struct strbuf *s)
{
	char *data = s->room_bytes ? s->data : xstrdup("");

	*s = (struct strbuf)STRBUF_INIT;
	return data;
}
