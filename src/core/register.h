/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A snapshot becomes an image. RegisterImage has no client token: what keeps a second
 * image from being made is its name, which an account has once, and the tag of the run.
 * The same command again goes on with what an earlier run has left, or finds that all is
 * done and changes nothing.
 */
#pragma once

#include "base/json.h"
#include "base/progress.h"
#include "core/aws_session.h"
#include "core/register_request.h"
#include "core/run_journal.h"

/* What the user asked for; all of it is the caller's. */
struct register_spec {
	struct aws_session_spec session;
	struct register_image image;
	uint64_t wait_most_s; /* for the snapshot and the image together */
	bool replaces; /* an image of that name that is another one */
	/* Of a run that has begun and goes on afterwards; NULL: one of its own. A failure
	 * leaves it and what it says to the caller. */
	struct run_journal *journal;
};

/* By value: zeroes, register_result_release(). */
struct register_result {
	char *image_id, *snapshot_id, *region, *name, *architecture;
	char *boot_mode; /* or NULL: the service's choice */
	char *run_id; /* of the run that made it; NULL: none of ours did */
	bool was_there;
	uint64_t register_ms, available_ms;
};

void register_result_release(struct register_result *r);
static inline void register_result_releasep(struct register_result *r)
{
	register_result_release(r);
}

/* Returns when the image is available and marked as finished. */
int register_image(const struct register_spec *spec, struct progress *p,
	struct register_result *ret, struct error *err);

/* The members of the document of --json, into an object of `j`. */
void register_result_json(const struct register_result *r, struct json *j);
