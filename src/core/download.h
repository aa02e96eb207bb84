/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A snapshot becomes a raw disk in a sparse file, straight through the EBS direct APIs.
 * The file has its name when it is whole; what was ended before goes on where it was when
 * the same is asked for again.
 */
#pragma once

#include "base/json.h"
#include "base/progress.h"
#include "core/aws_session.h"

/* What the user asked for; all of it is the caller's. */
struct download_spec {
	const char *snapshot; /* core/snapshot_reference.h */
	const char *path;
	bool force; /* a file that is there already is replaced */
	struct aws_session_spec session;
};

/* By value: zeroes, download_result_release(). */
struct download_result {
	char *snapshot_id, *region, *path;
	uint64_t size_bytes; /* of the volume, and of the file */
	uint64_t blocks; /* that the snapshot has */
	uint64_t fetched_blocks; /* of them, fetched now */
	bool is_resumed; /* of a run before this one */
	uint64_t fetch_ms;
};

void download_result_release(struct download_result *r);
static inline void download_result_releasep(struct download_result *r)
{
	download_result_release(r);
}

/* When it fails after a block was fetched, file and journal keep what is there. */
int download_disk(const struct download_spec *spec, struct progress *p,
	struct download_result *ret, struct error *err);

/* The members of the document of --json, into an object of `j`. */
void download_result_json(const struct download_result *r, struct json *j);
