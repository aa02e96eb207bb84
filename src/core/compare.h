/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A snapshot, as the service has it, beside a raw disk here. Neither is written to.
 */
#pragma once

#include "base/json.h"
#include "base/progress.h"
#include "core/aws_session.h"

/* What the user asked for; all of it is the caller's. */
struct compare_spec {
	const char *snapshot; /* core/snapshot_reference.h */
	const char *path; /* as of an upload */
	struct aws_session_spec session;
};

enum { COMPARE_OFFSETS_MOST = 10 };

/* By value: zeroes, compare_result_release(). */
struct compare_result {
	char *snapshot_id, *region, *path;
	uint64_t size_bytes; /* of the disk here */
	uint64_t volume_bytes;
	uint64_t blocks; /* of which one of the two has data */
	uint64_t different_blocks;
	/* Where the first of them begin to differ, ascending. */
	uint64_t offsets_bytes[COMPARE_OFFSETS_MOST];
	size_t offset_count;
	uint64_t took_ms;
};

void compare_result_release(struct compare_result *r);
static inline void compare_result_releasep(struct compare_result *r)
{
	compare_result_release(r);
}

/* Differences are no failure; ERR_FORMAT when the file was changed meanwhile. */
int compare_snapshot(const struct compare_spec *spec, struct progress *p,
	struct compare_result *ret, struct error *err);

bool compare_result_is_same(const struct compare_result *r);

/* ERR_VERIFY, with the first places, when they differ; else 0. */
int compare_result_judge(const struct compare_result *r, struct error *err);

/* The members of the document of --json, into an object of `j`. */
void compare_result_json(const struct compare_result *r, struct json *j);
