/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What was published: the document of --json, which amiwright-publish(1) describes, and
 * lines for people.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "core/publish_pace.h"

/* One region. */
struct published {
	char *region, *image_id;
	char *run_id; /* that made the image there, or NULL: none of ours */
	struct strv snapshots;
	bool existing; /* it was there when we came */
	bool changed; /* something was */
	bool sent; /* and not copied, now */
	char *error; /* of a best-effort region that failed; or NULL */
};

/* By value: zeroes, publish_result_release(). The first region is the image's own. */
struct publish_result {
	char *name, *architecture, *boot_mode; /* the last may be NULL */
	struct published *regions;
	size_t count;
	struct pace_estimate estimate; /* of both ways; of no region: there is none */
	bool is_dry_run; /* then that is what would be */
	uint64_t check_ms, copy_ms, publish_ms;
};

void publish_result_release(struct publish_result *r);
static inline void publish_result_releasep(struct publish_result *r)
{
	publish_result_release(r);
}

/* The members of the document of --json, into an object of `j`. */
void publish_result_json(const struct publish_result *r, struct json *j);
void publish_result_text(const struct publish_result *r, struct strbuf *to);
