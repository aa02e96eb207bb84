/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How the parts say what they are doing, without printing: they call, cli draws. A run is
 * a sequence of phases (a heading each, timed); in a phase there are steps (a line each),
 * a measured quantity with a total, waits, and lines of output of the commands that run.
 *
 * Every function takes a NULL progress as "nobody listens". Not thread-safe: one thread,
 * or base/progress_parts.
 */
#pragma once

#include <stdint.h>

enum progress_kind {
	PROGRESS_NONE = 0,
	PROGRESS_PHASE, /* text: its name ("tree"); detail: a heading for people */
	PROGRESS_PHASE_END, /* text: the same name; done: milliseconds that it took */
	PROGRESS_STEP, /* text: one thing that is being done */
	PROGRESS_AMOUNT, /* done of total, in bytes; total 0: unknown; text: of what */
	PROGRESS_WAIT, /* text: what is waited for; done of total, in seconds; total 0: no
			  limit */
	PROGRESS_OUTPUT, /* text: a line that a command printed, for the verbose view */
	PROGRESS_WARNING, /* text: something that the user should know */
	PROGRESS_CHECK, /* text: a check; detail: what was found; done: 1 passed, 0 failed
			 */
};

struct progress_event {
	enum progress_kind kind;
	const char *text;
	const char *detail; /* or NULL */
	uint64_t done;
	uint64_t total;
	const char *
		part; /* whose it is, of several that go on at once; NULL: there is one */
};

/* A listener: embed it first in a struct of your own. */
struct progress {
	void (*report)(struct progress *p, const struct progress_event *event);
};

void progress_report(struct progress *p, const struct progress_event *event);

void progress_phase(struct progress *p, const char *name, const char *heading);
void progress_phase_end(struct progress *p, const char *name, uint64_t took_ms);
__attribute__((format(printf, 2, 3))) void progress_step(
	struct progress *p, const char *fmt, ...);
__attribute__((format(printf, 2, 3))) void progress_warning(
	struct progress *p, const char *fmt, ...);
void progress_amount(
	struct progress *p, const char *what, uint64_t done_bytes, uint64_t total_bytes);
void progress_wait(
	struct progress *p, const char *what, uint64_t waited_s, uint64_t most_s);
void progress_check(
	struct progress *p, const char *check, int passed, const char *detail);

/* A proc_line_fn: `userdata` is the struct progress. */
void progress_output_line(const char *line, void *progress);
