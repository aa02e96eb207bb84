/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A snapshot from its beginning to its end, without its blocks: started and completed
 * through EBS direct, awaited and removed through EC2.
 */
#pragma once

#include "aws/client.h"
#include "aws/ebs.h"
#include "base/progress.h"
#include "base/strv.h"

/* Nothing is written to it for so long, and the service cancels it: time to resume. */
enum { SNAPSHOT_TIMEOUT_MINUTES = 24 * 60 };

/* Of an id: it becomes part of a path and of a journal. */
enum { SNAPSHOT_ID_MOST_CHARS = 63, SNAPSHOT_DESCRIPTION_MOST_CHARS = 255 };

/* Whether it is "snap-" and hexadecimal digits; the check says ERR_USAGE when not. */
bool snapshot_id_is_one(const char *text);
int snapshot_id_check(const char *text, struct error *err);

struct snapshot_start {
	uint64_t volume_size_gib;
	const char *parent_id; /* or NULL; not together with encryption */
	const char *token; /* the same one gives the same snapshot */
	const char *description; /* or NULL */
	const struct ebs_tag *tags;
	size_t tag_count;
	bool is_encrypted;
	const char *kms_key_arn; /* or NULL: the account's default */
};

/* ERR_USAGE for what cannot go together; nothing is asked of anybody. Parent and
 * key may be what names one, see core/snapshot_reference.h and core/kms_key.h. */
int snapshot_start_check(const struct snapshot_start *how, struct error *err);

/* *ret_id is freed by the caller. */
int snapshot_start(struct aws_client *ebs, const struct snapshot_start *how,
	char **ret_id, struct error *err);

/* What it has when all of it is there, which the service compares. */
struct snapshot_content {
	const char *id;
	uint64_t made_at_ms; /* as in aws_call; 0: long ago */
	uint64_t blocks; /* of a child, those that differ */
	const char *linear; /* their checksum, base64 */
	bool was_completing; /* an earlier run may have asked for it */
};

/*
 * CompleteSnapshot, and until that is done. A refusal is believed only when it is not for
 * having been done already: an answer can be lost, and connections that turn out to be
 * dead make libcurl ask again.
 */
int snapshot_complete(struct aws_client *ebs, struct aws_client *ec2,
	const struct snapshot_content *content, struct progress *p, struct error *err);

/* One call, after which it is not ours to clean up any more. */
int snapshot_mark_finished(
	struct aws_client *ec2, const char *id, uint64_t made_at_ms, struct error *err);

enum snapshot_state {
	SNAPSHOT_MISSING = 0,
	SNAPSHOT_PENDING,
	SNAPSHOT_COMPLETED,
	SNAPSHOT_FAILED, /* or any state that a new one does not come to */
};

/* `made_at_ms` as in aws_call: one that is young is not missing, but not visible yet. */
int snapshot_look(struct aws_client *ec2, const char *id, uint64_t made_at_ms,
	enum snapshot_state *ret, struct error *err);

/* Until all of them are completed, which one call asks for; ERR_FETCH when one fails,
 * ERR_TIMEOUT after `most_s`. */
int snapshots_wait(struct aws_client *ec2, const struct strv *ids, uint64_t made_at_ms,
	uint64_t most_s, struct progress *p, struct error *err);

/* Also of a pending one. Not longer than `most_ms`. What is gone already is fine; what is
 * young and does not show by then is left, and a failure. */
int snapshot_delete(struct aws_client *ec2, const char *id, uint64_t made_at_ms,
	uint64_t most_ms, struct error *err);
