/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the journal of a run says: its bytes alone. run_journal.h keeps the file.
 *
 *	… amiwright-run 1 20261121t090113z-4f0c9a21be register
 *	… place eu-west-1 https://ec2.eu-west-1.amazonaws.com 123456789012 default
 *	… registers 1763715700 debian-12
 *	… made 1763715701 ami-0123456789abcdef0
 *	… copies 1763715750 eu-west-1/ami-0123456789abcdef0
 *	… sends 1763715760 eu-west-1/ami-0123456789abcdef0
 *	… completes 1763715780 snap-0123456789abcdef0
 *	… removes 1763715799 ami-0fedcba9876543210
 *
 * The number is the time, in seconds since 1970. A line that is torn or wrong ends what
 * is believed. By value: zeroes, run_past_release().
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "core/run_id.h"

/* What a run is about to do, or has done; the words of the records. */
enum run_act {
	RUN_REGISTERS, /* an image of this name is asked for */
	RUN_PARENT, /* of the snapshot that is asked for next; "-": it has none */
	RUN_STARTS, /* a snapshot is asked for, with this client token */
	RUN_COPIES, /* a copy of this image, "REGION/ID", is asked for */
	RUN_SENDS, /* this image, "REGION/ID", is made anew of its blocks */
	RUN_COMPLETES, /* this snapshot is to be completed */
	RUN_MADE, /* this is there: an id */
	RUN_REFUSED, /* what was asked for last will not be there; the same words */
	RUN_REMOVES, /* this is to go: the id of an image, or of a snapshot of one */
	RUN_ACTS,
};

struct run_deed {
	enum run_act act;
	int64_t at_s; /* since 1970 */
	char *what;
};

#define RUN_ACCOUNT_UNKNOWN "-"

/* Where a run is: texts of one line; but the profile, without a blank. */
struct run_place {
	const char *region, *url, *account, *profile;
};

struct run_past {
	char run_id[RUN_ID_CHARS + 1]; /* "": nothing is said */
	char *command; /* "register" */
	/* Where: NULL when it is not said, and then nothing was done. */
	char *region, *url, *account, *profile;
	struct run_deed *deeds;
	size_t count, room;
};

/* What `length_bytes` of a journal say. Returns how many of them are good. */
size_t run_past_parse(const char *text, size_t length_bytes, struct run_past *ret);
void run_past_release(struct run_past *p);
static inline void run_past_releasep(struct run_past *p)
{
	run_past_release(p);
}

/* The records' texts; none has a line feed in it, or is longer than a record. */
void run_past_format_head(const char *run_id, const char *command, struct strbuf *to);
void run_past_format_place(const struct run_place *place, struct strbuf *to);
void run_past_format_deed(
	enum run_act act, int64_t at_s, const char *what, struct strbuf *to);

/* Whether `what` can stand in a record. */
bool run_past_can_say(const char *what);

/* Whether it may be one, in whatever way a later version writes them: it becomes the name
 * of a file. core/run_id.h knows this version's. */
bool run_id_is_valid(const char *text);

/* The last deed of that kind, or NULL. */
const struct run_deed *run_past_last(const struct run_past *p, enum run_act act);

/* What was asked for last, when nothing is said of whether it is there; or NULL. */
const struct run_deed *run_past_unanswered(const struct run_past *p);
