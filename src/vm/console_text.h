/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A serial console's bytes as lines of plain text: escape sequences (ECMA-48) and control
 * characters are taken out, so that what a guest writes can be shown on a terminal and
 * searched. By value; bytes come in any pieces.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"

enum { CONSOLE_LINE_MOST_BYTES = 16384 }; /* of a longer line, the start is kept */

enum console_text_state {
	CONSOLE_TEXT_PLAIN = 0,
	CONSOLE_TEXT_ESCAPE, /* after ESC */
	CONSOLE_TEXT_CSI, /* in a control sequence: ESC [ … final byte */
	CONSOLE_TEXT_STRING, /* in a control string: ESC ] … BEL or ESC \ */
};

struct console_text {
	struct strbuf line; /* what there is of the line that is not ended yet */
	enum console_text_state state;
	bool carriage_return; /* the last byte was one */
};

#define CONSOLE_TEXT_INIT           \
	{                           \
		.line = STRBUF_INIT \
	}

/* A whole line, without its end. */
typedef void console_line_fn(const char *line, void *userdata);

void console_text_add(struct console_text *t, const char *bytes, size_t length_bytes,
	console_line_fn *fn, void *userdata);
void console_text_release(struct console_text *t);
