/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Listeners of base/progress.h that show what goes on: live on a terminal, as plain
 * lines in a pipe, as JSON objects for programs, or several of these at once.
 *
 * Life: progress_*_new(), reports, progress_view_finish() before anything else is
 * printed at the end, progress_view_free().
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "base/error.h"
#include "base/progress.h"

/* An implementation embeds this first. */
struct progress_view {
	struct progress progress;
	/* The run is over; `err` NULL: it succeeded. Nothing is reported after this. */
	void (*finish)(struct progress_view *v, const struct error *err);
	void (*free)(struct progress_view *v);
	/* NULL: it does not mind what else is on the screen. */
	void (*hold)(struct progress_view *v);
	void (*resume)(struct progress_view *v);
};

void progress_view_finish(struct progress_view *v, const struct error *err);
struct progress_view *progress_view_free(struct progress_view *v);
static inline void progress_view_freep(struct progress_view **v)
{
	*v = progress_view_free(*v);
}

/*
 * While held, the screen is somebody else's: the live line is gone, and who reports
 * waits. Not for the thread that holds it. NULL is fine.
 */
void progress_view_hold(struct progress_view *v);
void progress_view_resume(struct progress_view *v);

/* How much is shown. */
enum progress_level {
	PROGRESS_QUIET = 0, /* warnings, and checks that fail */
	PROGRESS_NORMAL, /* all but the output of commands */
	PROGRESS_VERBOSE, /* all */
};

struct progress_style {
	enum progress_level level;
	bool color;
};

/* Lines, and below them one that changes: ten times a second at most, cut to fit. */
struct progress_view *progress_terminal_new(FILE *to, struct progress_style style);

/* Lines only; amounts and waits after seconds, and in the end once a minute. */
struct progress_view *progress_plain_new(FILE *to, struct progress_style style);

/* One JSON object a line, as amiwright(1) describes them. `to` stays the caller's. */
struct progress_view *progress_events_new(FILE *to);

/* Both are told everything, and freed with it. */
struct progress_view *progress_tee_new(struct progress_view *a, struct progress_view *b);
