/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A machine's serial console. A thread of its own reads it all the time, so that the
 * guest never waits for us; it writes everything to a log, gathers the facts
 * (console_facts.h) and keeps the last lines. The functions here may be called from one
 * other thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "vm/console_facts.h"

enum {
	CONSOLE_LOG_MOST_BYTES =
		64 << 20, /* a guest may write for ever; the log ends here */
	CONSOLE_TAIL_LINES = 60,
};

struct console;

struct console_spec {
	int wire_fd; /* our end of the serial line, a stream socket; taken over */
	int log_fd; /* where everything is written; the caller's; -1: nowhere */
	int show_fd; /* a terminal or pipe that gets the same bytes; the caller's; -1:
			none */
};

int console_start(
	const struct console_spec *spec, struct console **ret, struct error *err);

/* Readable when there is something new; console_take_news() resets it. */
int console_news_fd(const struct console *c);
void console_take_news(struct console *c);

/* The facts so far; the caller releases *ret. */
void console_facts(struct console *c, struct console_facts *ret);

/* The last lines, oldest first, each with a newline. */
void console_tail(struct console *c, struct strbuf *to);

/* Type at the console. What a guest does not read is dropped in the end. */
void console_type(struct console *c, const char *bytes, size_t length_bytes);

struct console *console_free(struct console *c);
static inline void console_freep(struct console **c)
{
	*c = console_free(*c);
}
