/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What killed runs have left is removed. A run of this machine is known by its journal,
 * and to be dead by the lock that nobody holds. One of another machine is known by the
 * tags of what it has made, and taken for dead when that is old. What is finished, what
 * has none of our tags, and what belongs to a run that is alive is never touched.
 */
#pragma once

#include "base/json.h"
#include "base/progress.h"
#include "core/aws_session.h"

struct cleanup_spec {
	struct aws_session_spec session;
	const char *run_id; /* this one alone, however old; or NULL */
	uint64_t older_than_s; /* of what has no journal here */
	bool is_dry_run;
	bool in_all_regions; /* that the account has enabled */
};

/* What was removed, or with a dry run would be. */
struct cleaned_thing {
	char *id, *region, *run_id;
};

struct cleaned_things {
	struct cleaned_thing *items;
	size_t count, room;
};

/* By value: zeroes, cleaned_release(). Of what was left, a warning said why. */
struct cleaned {
	struct cleaned_things removed, left;
	size_t alive_runs; /* were left alone */
	size_t left_runs; /* are dead, and not or not wholly cleaned up after */
	size_t left_regions; /* could not be looked at, but for want of a permission */
};

void cleaned_release(struct cleaned *c);
static inline void cleaned_releasep(struct cleaned *c)
{
	cleaned_release(c);
}

/* Once for each thing. */
void cleaned_add(struct cleaned_things *to, const char *id, const char *region,
	const char *run_id);
bool cleaned_has(const struct cleaned_things *c, const char *id, const char *region);

/* A run, thing or region that fails does not keep the others from being cleaned up: it is
 * 0 then, and *ret says what was left. *ret has what was removed also when it is -1. */
int cleanup_runs(const struct cleanup_spec *spec, struct progress *p, struct cleaned *ret,
	struct error *err);

/* The members of the document of --json, into an object of `j`. */
void cleaned_json(const struct cleaned *c, struct json *j);
