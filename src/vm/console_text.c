/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vm/console_text.h"

enum { BEL = 7, ESC = 27, DEL = 127 };

static void end_line(struct console_text *t, console_line_fn *fn, void *userdata)
{
	fn(t->line.data, userdata);
	strbuf_truncate(&t->line, 0);
}

static void add_plain(struct console_text *t, char c, console_line_fn *fn, void *userdata)
{
	unsigned char byte = (unsigned char)c;

	if (c == '\n') {
		end_line(t, fn, userdata);
		t->carriage_return = false;
		return;
	}
	if (c == '\r') {
		t->carriage_return = true;
		return;
	}
	if (c == '\b' && t->line.length_bytes)
		strbuf_truncate(&t->line, t->line.length_bytes - 1);
	if (byte < ' ' && c != '\t')
		return;
	/* A carriage return alone starts the line anew: what follows overwrites it. */
	if (t->carriage_return)
		strbuf_truncate(&t->line, 0);
	t->carriage_return = false;
	/* Of a character outside ASCII, one '?' stays: the first byte of UTF-8 makes it.
	 */
	if (t->line.length_bytes < CONSOLE_LINE_MOST_BYTES &&
		(byte < DEL || byte >= 0xc0))
		strbuf_add_char(&t->line, c == '\t' ? ' ' : byte < DEL ? c : '?');
}

static void add_after_escape(struct console_text *t, char c)
{
	switch (c) {
	case '[':
		t->state = CONSOLE_TEXT_CSI;
		break;
	case ']': /* operating system command */
	case 'P': /* device control string */
	case 'X': /* start of string */
	case '^': /* privacy message */
	case '_': /* application program command */
		t->state = CONSOLE_TEXT_STRING;
		break;
	default:
		/* Intermediate bytes go on; any other byte ends the sequence. */
		if (c < ' ' || c > '/')
			t->state = CONSOLE_TEXT_PLAIN;
	}
}

static void add_in_csi(
	struct console_text *t, char c, console_line_fn *fn, void *userdata)
{
	if (c >= ' ' && c <= '?')
		return;
	t->state = CONSOLE_TEXT_PLAIN;
	/* Firmware and boot menus go to the next line by placing the cursor. */
	if ((c == 'H' || c == 'f') && t->line.length_bytes)
		end_line(t, fn, userdata);
}

void console_text_add(struct console_text *t, const char *bytes, size_t length_bytes,
	console_line_fn *fn, void *userdata)
{
	for (size_t i = 0; i < length_bytes; i++) {
		char c = bytes[i];

		/* A line's end ends an unfinished sequence too, so that none hides all.
		 */
		if (c == ESC)
			t->state = CONSOLE_TEXT_ESCAPE;
		else if (t->state == CONSOLE_TEXT_PLAIN || c == '\n')
			add_plain(t, c, fn, userdata);
		else if (t->state == CONSOLE_TEXT_ESCAPE)
			add_after_escape(t, c);
		else if (t->state == CONSOLE_TEXT_CSI)
			add_in_csi(t, c, fn, userdata);
		else if (c == BEL)
			t->state = CONSOLE_TEXT_PLAIN;
		if (c == '\n')
			t->state = CONSOLE_TEXT_PLAIN;
	}
}

void console_text_release(struct console_text *t)
{
	strbuf_release(&t->line);
}
