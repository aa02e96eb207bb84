/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the lines of a console tell: that a kernel runs, the ssh host keys, what went
 * wrong. By value; fed with the lines of console_text.h.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/strv.h"

/* A line that means trouble, and what it suggests. */
struct console_trouble {
	const char *pattern;
	const char *suggests;
	bool fatal; /* nothing will come after it: no use in waiting on */
};

struct console_facts {
	bool any_output;
	bool kernel_runs;
	bool login_prompt;
	bool host_keys_complete; /* the block of host keys has ended, with at least one */
	struct strv host_keys; /* "ssh-ed25519 AAAA…", no comment; the newest block's */
	bool in_host_keys; /* inside a block that has not ended */
	const struct console_trouble *trouble; /* the gravest seen, or NULL */
	char *trouble_line;
};

#define CONSOLE_FACTS_INIT \
	{                  \
		0          \
	}

/* `complete` false: a line that has not ended yet (a prompt); it will come again, longer.
 */
void console_facts_line(struct console_facts *f, const char *line, bool complete);
void console_facts_release(struct console_facts *f);
void console_facts_copy(struct console_facts *to, const struct console_facts *from);

/* What the console suggests when the machine did not get anywhere; never NULL. */
const char *console_facts_suggestion(const struct console_facts *f);
