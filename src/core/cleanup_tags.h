/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Leftovers in one region, by their tags: images that are unfinished, snapshots that are
 * unfinished, pending or failed.
 */
#pragma once

#include "core/cleanup.h"

/* Which runs' things are meant. */
struct cleanup_choice {
	const char *run_id; /* this one's; or NULL: of all runs that … */
	uint64_t older_than_s; /* … have made something so long ago … */
	/* … and of which this is true. */
	bool (*is_dead)(const char *run_id, void *userdata);
	void *userdata;
};

/* They are removed, or with a dry run only told. What the service refuses to remove is
 * left, with a warning; what was left before is not tried again. */
int cleanup_tags(struct aws_client *ec2, const struct cleanup_choice *choice,
	bool is_dry_run, struct progress *p, struct cleaned *ret, struct error *err);

/* Whether that is an error of one thing alone: it is left, with a warning, and 0. Else
 * -1. */
int cleanup_leave(const struct aws_client *ec2, const char *id, const char *run_id,
	struct progress *p, struct cleaned *ret, const struct error *err);
