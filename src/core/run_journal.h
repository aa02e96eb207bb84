/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The journal of one run that changes something in an account:
 * $XDG_STATE_HOME/amiwright/runs/<run id>. What is about to be made or removed is on the
 * disk before the call is sent. A run that ends well removes its journal; one that was
 * killed leaves it, and `cleanup` goes after it.
 *
 * It is locked as long as the run lives, so that one without a lock is of a dead run.
 * Two threads do not share one.
 */
#pragma once

#include "base/error.h"
#include "base/strv.h"
#include "core/run_past.h"

struct run_journal;

/* Begin a run, with an id of its own. */
int run_journal_begin(const char *command, const struct run_place *place,
	struct run_journal **ret, struct error *err);

/*
 * Take over what a dead run has left. *ret is NULL when there is none of that id here;
 * then *ret_alive says whether that is because it is under way.
 */
int run_journal_take(
	const char *run_id, struct run_journal **ret, bool *ret_alive, struct error *err);

/* Ids of the runs that have a journal here, sorted, which is by age. */
int run_journal_list(struct strv *ret_ids, struct error *err);

const char *run_journal_id(const struct run_journal *j);
const char *run_journal_path(const struct run_journal *j);

/* What it says by now. */
const struct run_past *run_journal_past(const struct run_journal *j);

/* Whether it had a line that is not good, and what stood behind that is unknown. */
bool run_journal_is_damaged(const struct run_journal *j);

/* It is on the disk when this is back. ERR_FORMAT when `what` does not fit. */
int run_journal_note(
	struct run_journal *j, enum run_act act, const char *what, struct error *err);

/* Learn what another process that shares the journal, a child, has noted. */
int run_journal_read_again(struct run_journal *j, struct error *err);

/* Nothing is left to be cleaned up: the journal goes. */
int run_journal_end(struct run_journal *j, struct error *err);

/* One that was not ended stays. NULL is fine. */
struct run_journal *run_journal_free(struct run_journal *j);
static inline void run_journal_freep(struct run_journal **j)
{
	*j = run_journal_free(*j);
}
