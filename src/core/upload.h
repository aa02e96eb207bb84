/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A raw disk becomes a snapshot, straight through the EBS direct APIs: no bucket, no
 * helper instance, no import. What was ended before it was done goes on where it was when
 * the same is asked for again.
 */
#pragma once

#include "aws/ebs.h"
#include "base/json.h"
#include "base/progress.h"
#include "core/aws_session.h"
#include "core/upload_blocks.h"

/* What the user asked for; all of it is the caller's. */
struct upload_spec {
	const char *path; /* "-": standard input */
	struct aws_session_spec session;
	const char *description; /* NULL: the file's name */
	const struct ebs_tag *tags;
	size_t tag_count;
	bool is_encrypted;
	const char *kms_key; /* core/kms_key.h; or NULL */
	uint64_t volume_bytes; /* 0: the least that holds the disk, and the parent */
	const char
		*parent; /* core/snapshot_reference.h; only what differs from it is sent;
			       NULL: there is none */
};

/* By value: zeroes, upload_result_release(). */
struct upload_result {
	char *snapshot_id, *region;
	char *parent_id; /* or NULL */
	uint64_t size_bytes; /* of the disk */
	uint64_t volume_size_gib;
	struct upload_count count;
	bool is_resumed; /* of a run before this one */
	uint64_t send_ms, complete_ms;
};

void upload_result_release(struct upload_result *r);
static inline void upload_result_releasep(struct upload_result *r)
{
	upload_result_release(r);
}

/*
 * Returns when the snapshot is completed. When it fails after something was made, the
 * journal keeps what is there; of a pipe or a device there is none, and the snapshot is
 * removed.
 */
int upload_disk(const struct upload_spec *spec, struct progress *p,
	struct upload_result *ret, struct error *err);

/* The members of the document of --json, into an object of `j`. */
void upload_result_json(const struct upload_result *r, struct json *j);
