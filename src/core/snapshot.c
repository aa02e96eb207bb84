/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/snapshot.h"

#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "core/ec2_calls.h"
#include "core/kms_key.h"
#include "core/run_tags.h"
#include "core/waiting.h"

enum {
	ATTEMPT_MS = 30000,
	STALL_MS = 15000, /* these are answered when the service has done them */
	CALL_MS = 180000,
	ID_MOST_CHARS = SNAPSHOT_ID_MOST_CHARS,
	COMPLETE_MOST_S = 3600,
	DOUBT_MOST_S = 60, /* until a refusal is believed */
};

static struct aws_call calling(uint64_t made_at_ms)
{
	return (struct aws_call){
		.deadline_ms = clock_now_ms() + CALL_MS,
		.attempt_ms = ATTEMPT_MS,
		.stall_ms = STALL_MS,
		.made_at_ms = made_at_ms,
	};
}

/* It becomes part of a path and of a journal. */
static bool is_plain_id(const char *id)
{
	size_t length = strlen(id);

	return length > 0 && length <= ID_MOST_CHARS &&
	       strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == length;
}

bool snapshot_id_is_one(const char *text)
{
	return ec2_id_is_valid(text, "snap-");
}

int snapshot_id_check(const char *text, struct error *err)
{
	if (snapshot_id_is_one(text))
		return 0;
	return error_set(err, ERR_USAGE, 0,
		"'%s' is not a snapshot id (snap-0123456789abcdef0)", text);
}

int snapshot_start_check(const struct snapshot_start *how, struct error *err)
{
	if (how->tag_count > RUN_TAGS_MOST)
		return error_set(err, ERR_USAGE, 0,
			"%zu tags, of which some are amiwright's: a snapshot can have %d",
			how->tag_count, RUN_TAGS_MOST);
	if (how->description &&
		strlen(how->description) > SNAPSHOT_DESCRIPTION_MOST_CHARS)
		return error_set(err, ERR_USAGE, 0,
			"the description is longer than %d characters",
			SNAPSHOT_DESCRIPTION_MOST_CHARS);
	if (how->kms_key_arn && kms_key_check(how->kms_key_arn, err) < 0)
		return -1;
	if (how->parent_id && (how->is_encrypted || how->kms_key_arn))
		return error_set(err, ERR_USAGE, 0,
			"a child is encrypted as its parent is; --parent excludes "
			"--encrypt and --kms-key");
	return 0;
}

int snapshot_start(struct aws_client *ebs, const struct snapshot_start *how,
	char **ret_id, struct error *err)
{
	const struct ebs_start_snapshot request = {
		.volume_size_gib = SHAPE_UINT_OF(how->volume_size_gib),
		.parent_snapshot_id = how->parent_id,
		.tags = { how->tags, how->tag_count },
		.description = how->description,
		.client_token = how->token,
		.encrypted = how->is_encrypted ? SHAPE_TRUE : SHAPE_UNSET,
		.kms_key_arn = how->kms_key_arn,
		.timeout_minutes = SHAPE_UINT_OF(SNAPSHOT_TIMEOUT_MINUTES),
	};
	struct aws_call call = calling(0);
	CLEANUP(aws_result_releasep) struct aws_result r = AWS_RESULT_INIT;
	const struct ebs_snapshot *answer;

	call.action.rest = &ebs_start_snapshot_action;
	call.action.request = &request;
	if (aws_client_call(ebs, &call, &r, err) < 0)
		return error_context(err, "start a snapshot");
	answer = r.answer;
	if (!answer->snapshot_id || !is_plain_id(answer->snapshot_id))
		return error_set(err, ERR_FORMAT, 0,
			"start a snapshot: the answer has no id of a snapshot");
	if (answer->block_size_bytes.set &&
		answer->block_size_bytes.value != EBS_BLOCK_BYTES)
		return error_set(err, ERR_FORMAT, 0,
			"start a snapshot: its blocks are of %" PRIu64
			" bytes, and not of 512 KiB",
			answer->block_size_bytes.value);
	*ret_id = xstrdup(answer->snapshot_id);
	return 0;
}

/* *ret_in_doubt (false before): it was refused, but may have been done before. */
static int call_complete(struct aws_client *ebs, const struct snapshot_content *content,
	bool *ret_in_doubt, struct error *err)
{
	const struct ebs_complete_snapshot request = {
		.snapshot_id = content->id,
		.changed_blocks_count = SHAPE_UINT_OF(content->blocks),
		.checksum = content->linear,
		.checksum_algorithm = "SHA256",
		.checksum_aggregation_method = "LINEAR",
	};
	struct aws_call call = calling(0);
	CLEANUP(aws_result_releasep) struct aws_result r = AWS_RESULT_INIT;

	call.action.rest = &ebs_complete_snapshot_action;
	call.action.request = &request;
	if (aws_client_call(ebs, &call, &r, err) == 0)
		return 0;
	*ret_in_doubt = r.attempts > 1 || r.status == 400 || r.status == 409;
	return error_context(err, "complete %s", content->id);
}

static enum snapshot_state parse_state(const char *state)
{
	if (state && !strcmp(state, "pending"))
		return SNAPSHOT_PENDING;
	if (state && !strcmp(state, "completed"))
		return SNAPSHOT_COMPLETED;
	return SNAPSHOT_FAILED;
}

static bool is_not_found(const struct aws_result *r)
{
	return r->refusal.code && !strcmp(r->refusal.code, "InvalidSnapshot.NotFound");
}

static int describe(struct aws_client *ec2, const struct strv *ids, uint64_t made_at_ms,
	struct aws_result *ret, struct error *err)
{
	const struct ec2_describe_snapshots request = {
		.snapshot_ids = { ids->items, ids->count },
	};
	struct aws_call call = calling(made_at_ms);

	call.action.query = &ec2_describe_snapshots_action;
	call.action.request = &request;
	if (aws_client_call(ec2, &call, ret, err) == 0)
		return 0;
	return error_context(
		err, "look at %s%s", ids->items[0], ids->count > 1 ? " and others" : "");
}

/* NULL: it is not among them. */
static const struct ec2_snapshot *find(const struct aws_result *r, const char *id)
{
	const struct ec2_snapshot_list *list = r->answer;
	const struct ec2_snapshot *items = list->snapshots.items;

	for (size_t i = 0; i < list->snapshots.count; i++)
		if (items[i].snapshot_id && !strcmp(items[i].snapshot_id, id))
			return &items[i];
	return NULL;
}

int snapshot_look(struct aws_client *ec2, const char *id, uint64_t made_at_ms,
	enum snapshot_state *ret, struct error *err)
{
	CLEANUP(strv_releasep) struct strv ids = STRV_INIT;
	CLEANUP(aws_result_releasep) struct aws_result r = AWS_RESULT_INIT;
	const struct ec2_snapshot *snapshot = NULL;

	strv_add(&ids, id);
	if (describe(ec2, &ids, made_at_ms, &r, err) == 0)
		snapshot = find(&r, id);
	else if (!is_not_found(&r))
		return -1;
	*ret = snapshot ? parse_state(snapshot->state) : SNAPSHOT_MISSING;
	return 0;
}

static int refuse_missing(const char *id, struct error *err)
{
	return error_set(err, ERR_FETCH, 0,
		"%s is gone: it was removed, or it is another account's", id);
}

/* 1 when it is completed, 0 when it may become so. */
static int judge(const char *id, const struct ec2_snapshot *snapshot, struct error *err)
{
	if (!snapshot)
		return refuse_missing(id, err);
	switch (parse_state(snapshot->state)) {
	case SNAPSHOT_COMPLETED:
		return 1;
	case SNAPSHOT_PENDING:
		return 0;
	case SNAPSHOT_MISSING:
	case SNAPSHOT_FAILED:
		break;
	}
	return error_set(err, ERR_FETCH, 0, "%s has failed: %s", id,
		snapshot->state_message ? snapshot->state_message
		: snapshot->state	? snapshot->state
					: "it has no state");
}

/* All that are pending are asked for at once; those that are completed leave the list. */
static int drop_completed(struct aws_client *ec2, struct strv *pending,
	uint64_t made_at_ms, struct error *err)
{
	CLEANUP(aws_result_releasep) struct aws_result r = AWS_RESULT_INIT;
	CLEANUP(strv_releasep) struct strv left = STRV_INIT;

	if (describe(ec2, pending, made_at_ms, &r, err) < 0)
		return is_not_found(&r) && pending->count == 1
			       ? refuse_missing(pending->items[0], err)
			       : -1;
	for (size_t i = 0; i < pending->count; i++) {
		const char *id = pending->items[i];
		const int rc = judge(id, find(&r, id), err);

		if (rc < 0)
			return -1;
		if (!rc)
			strv_add(&left, id);
	}
	strv_release(pending);
	*pending = left;
	left = (struct strv)STRV_INIT;
	return 0;
}

int snapshots_wait(struct aws_client *ec2, const struct strv *ids, uint64_t made_at_ms,
	uint64_t most_s, struct progress *p, struct error *err)
{
	CLEANUP(strv_releasep) struct strv pending = STRV_INIT;
	struct waiting w;

	for (size_t i = 0; i < ids->count; i++)
		strv_add(&pending, ids->items[i]);
	waiting_begin(&w, most_s);
	while (pending.count) {
		if (drop_completed(ec2, &pending, made_at_ms, err) < 0 &&
			!waiting_bears(&w, err))
			return -1;
		if (!pending.count)
			return 0;
		if (waiting_is_over(&w))
			return error_set(err, ERR_TIMEOUT, 0,
				"%s is not completed after %" PRIu64 " s",
				pending.items[0], waiting_waited_s(&w));
		progress_wait(p,
			pending.count == 1 ? "the snapshot to be completed"
					   : "the snapshots to be completed",
			waiting_waited_s(&w), most_s);
		if (waiting_pause(&w, ec2, err) < 0)
			return -1;
	}
	return 0;
}

static int wait_for_one(struct aws_client *ec2, const char *id, uint64_t made_at_ms,
	uint64_t most_s, struct progress *p, struct error *err)
{
	CLEANUP(strv_releasep) struct strv ids = STRV_INIT;

	strv_add(&ids, id);
	return snapshots_wait(ec2, &ids, made_at_ms, most_s, p, err);
}

int snapshot_complete(struct aws_client *ebs, struct aws_client *ec2,
	const struct snapshot_content *content, struct progress *p, struct error *err)
{
	struct error refusal = ERROR_INIT;
	uint64_t most_s = COMPLETE_MOST_S;
	bool in_doubt = false;

	if (call_complete(ebs, content, &in_doubt, &refusal) < 0) {
		if (!in_doubt && !content->was_completing) {
			*err = refusal;
			return -1;
		}
		most_s = content->was_completing ? COMPLETE_MOST_S : DOUBT_MOST_S;
	}
	if (wait_for_one(ec2, content->id, content->made_at_ms, most_s, p, err) == 0)
		return 0;
	if (refusal.code != ERR_NONE && err->code == ERR_TIMEOUT)
		*err = refusal;
	return -1;
}

int snapshot_mark_finished(
	struct aws_client *ec2, const char *id, uint64_t made_at_ms, struct error *err)
{
	const struct ec2_tag tag = { RUN_TAG_STATE, RUN_STATE_FINISHED };
	const struct ec2_create_tags request = {
		.resource_ids = { &id, 1 },
		.tags = { &tag, 1 },
	};
	struct aws_call call = calling(made_at_ms);
	CLEANUP(aws_result_releasep) struct aws_result r = AWS_RESULT_INIT;

	call.action.query = &ec2_create_tags_action;
	call.action.request = &request;
	if (aws_client_call(ec2, &call, &r, err) < 0)
		return error_context(err, "tag %s", id);
	return 0;
}

int snapshot_delete(struct aws_client *ec2, const char *id, uint64_t made_at_ms,
	uint64_t most_ms, struct error *err)
{
	const struct ec2_delete_snapshot request = { .snapshot_id = id };
	struct aws_call call = calling(made_at_ms);
	CLEANUP(aws_result_releasep) struct aws_result r = AWS_RESULT_INIT;

	call.action.query = &ec2_delete_snapshot_action;
	call.action.request = &request;
	call.deadline_ms = clock_now_ms() + most_ms;
	if (aws_client_call(ec2, &call, &r, err) == 0 ||
		ec2_is_gone(&r, "InvalidSnapshot.NotFound", err))
		return 0;
	return error_context(err, "remove %s", id);
}
