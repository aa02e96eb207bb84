/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The scratch directory of one run: $TMPDIR, else /var/tmp, then
 * "amiwright-<uid>-XXXXXX", mode 0700. It is locked (flock) as long as the run or its
 * sandbox lives; a run that was killed leaves one without a lock, and the next run
 * removes it.
 */
#pragma once

#include "base/error.h"

struct work_dir;

/* Removes what dead runs of this user left in the same place, then makes a new one. */
int work_dir_create(struct work_dir **ret, struct error *err);

const char *work_dir_path(const struct work_dir *w);

/* Removes it with all its files, also those of subordinate ids. NULL is fine. */
struct work_dir *work_dir_free(struct work_dir *w);
static inline void work_dir_freep(struct work_dir **w)
{
	*w = work_dir_free(*w);
}
