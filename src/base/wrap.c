/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/wrap.h"

#include <stdbool.h>
#include <string.h>

static bool starts_character(char c)
{
	return ((unsigned char)c & 0xc0) != 0x80;
}

size_t wrap_width(const char *text)
{
	size_t width = 0;

	for (; *text; text++)
		width += starts_character(*text);
	return width;
}

/* Bytes of the first `columns` characters. */
static size_t bytes_of(const char *text, size_t length, size_t columns)
{
	size_t at = 0;

	while (at < length && (columns || !starts_character(text[at])))
		columns -= starts_character(text[at++]);
	return at;
}

static size_t width_of(const char *text, size_t length)
{
	size_t width = 0;

	for (size_t i = 0; i < length; i++)
		width += starts_character(text[i]);
	return width;
}

static void pad(struct strbuf *to, size_t from, size_t column)
{
	for (; from < column; from++)
		strbuf_add_char(to, ' ');
}

void wrap_add(struct strbuf *to, const char *text, size_t at, size_t column, size_t most)
{
	pad(to, at, column);
	if (at < column)
		at = column;
	for (bool first = true;; first = false) {
		size_t length, width;

		text += strspn(text, " ");
		if (!*text)
			break;
		length = strcspn(text, " ");
		width = width_of(text, length);
		if (!first && at + 1 + width > most) {
			strbuf_add_char(to, '\n');
			pad(to, 0, column);
			at = column;
		} else if (!first) {
			strbuf_add_char(to, ' ');
			at++;
		}
		if (width > most - column) {
			length = bytes_of(text, length, most - at);
			width = width_of(text, length);
		}
		strbuf_add(to, text, length);
		at += width;
		text += length;
	}
	strbuf_add_char(to, '\n');
}

void wrap_add_whole(
	struct strbuf *to, const char *text, size_t at, size_t column, size_t most)
{
	pad(to, at, column);
	if (at < column)
		at = column;
	for (bool first = true; *text; first = false) {
		const size_t spaces = strspn(text, " ");
		const size_t length = strcspn(text + spaces, " ");
		const size_t width = width_of(text + spaces, length);

		if (!first && at + spaces + width > most) {
			strbuf_add_char(to, '\n');
			pad(to, 0, column);
			at = column;
		} else {
			strbuf_add(to, text, spaces);
			at += spaces;
		}
		strbuf_add(to, text + spaces, length);
		at += width;
		text += spaces + length;
	}
	strbuf_add_char(to, '\n');
}
