/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/image_send.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "aws/service_error.h"
#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/words.h"
#include "core/image_parent.h"
#include "core/image_replica.h"
#include "core/made.h"
#include "core/run_begin.h"
#include "core/snapshot.h"
#include "core/upload_blocks.h"
#include "core/upload_parent.h"

/* One image while it is sent. */
struct sending {
	struct image_copy *copy;
	struct aws_client *ebs;
	const struct image_cargo *cargo;
	struct ec2_tag *tags;
	size_t tag_count;
	struct upload_source *source;
	char *parent_id; /* NULL: there is none, or none any more */
	struct upload_parent *parent;
	char *snapshot_id; /* NULL: not started */
	uint64_t made_at_ms; /* 0: long ago */
	bool is_complete; /* a run before this one saw to that */
	bool was_completing; /* one may have */
};

static void sending_releasep(struct sending *s)
{
	free(s->tags);
	free(s->parent_id);
	s->parent = upload_parent_free(s->parent);
	s->source = upload_source_free(s->source);
	free(s->snapshot_id);
}

static const char *region_of(const struct sending *s)
{
	return aws_client_region(s->copy->ec2);
}

int image_send_begin(struct image_copy *c, struct error *err)
{
	if (!c->journal && run_begin("publish", c->session, c->ec2, &c->journal, err) < 0)
		return -1;
	return run_journal_note(c->journal, RUN_SENDS, c->source->name, err);
}

void image_send_drop(struct image_copy *c)
{
	struct error err = ERROR_INIT;

	if (!c->journal || run_past_last(run_journal_past(c->journal), RUN_STARTS))
		return;
	if (run_journal_end(c->journal, &err) < 0)
		progress_warning(c->progress, "%s", err.msg);
}

/* ---- the snapshot */

/* What was begun is of no use any more: it goes, and another run takes its place. */
static int begin_anew(struct sending *s, const char *why, struct error *err)
{
	struct image_copy *c = s->copy;

	progress_warning(c->progress,
		"the snapshot in %s that an earlier run began %s: beginning anew",
		region_of(s), why);
	image_copy_remove(c);
	c->journal = run_journal_free(c->journal);
	return image_send_begin(c, err);
}

/* Go on with the snapshot of a dead run, as far as there is one. */
static int look_at_past(struct sending *s, struct error *err)
{
	const struct run_past *past = run_journal_past(s->copy->journal);
	const struct run_deed *made = run_past_last(past, RUN_MADE);
	enum snapshot_state state;
	uint64_t made_at_ms;

	if (!made || !snapshot_id_is_one(made->what))
		return 0;
	made_at_ms = made_at_seconds(made->at_s);
	if (snapshot_look(s->copy->ec2, made->what, made_at_ms, &state, err) < 0)
		return -1;
	if (state == SNAPSHOT_MISSING || state == SNAPSHOT_FAILED)
		return begin_anew(s, "is gone", err);
	s->snapshot_id = xstrdup(made->what);
	s->made_at_ms = made_at_ms;
	s->is_complete = state == SNAPSHOT_COMPLETED;
	s->was_completing = run_past_last(past, RUN_COMPLETES) != NULL;
	progress_step(
		s->copy->progress, "go on with %s in %s", s->snapshot_id, region_of(s));
	return 0;
}

/* ---- the parent */

static bool is_started(const struct sending *s)
{
	return run_past_last(run_journal_past(s->copy->journal), RUN_STARTS) != NULL;
}

static void drop_parent(struct sending *s)
{
	s->parent = upload_parent_free(s->parent);
	free(s->parent_id);
	s->parent_id = NULL;
}

/* A token stands for one request: what was asked for with one parent has that. */
static int choose_parent(struct sending *s, struct error *err)
{
	struct image_copy *c = s->copy;
	const struct run_deed *noted =
		run_past_last(run_journal_past(c->journal), RUN_PARENT);

	if (is_started(s)) {
		if (noted && snapshot_id_is_one(noted->what))
			s->parent_id = xstrdup(noted->what);
		return 0;
	}
	if (image_parent_find(c, s->ebs, err) < 0)
		return -1;
	if (c->parent_id)
		s->parent_id = xstrdup(c->parent_id);
	return 0;
}

/* With a parent that will not do, all blocks are sent. */
static int do_without_parent(
	struct sending *s, const struct error *why, struct error *err)
{
	if (why->code == ERR_INTERRUPTED ||
		(is_started(s) && !service_error_is_refusal(why))) {
		*err = *why;
		return error_context(
			err, "compare with %s in %s", s->parent_id, region_of(s));
	}
	progress_step(s->copy->progress,
		"all blocks are sent to %s, as %s is no parent: %s", region_of(s),
		s->parent_id, why->msg);
	drop_parent(s);
	if (!is_started(s))
		return 0;
	free(s->snapshot_id);
	s->snapshot_id = NULL;
	s->was_completing = false;
	return begin_anew(s, "has lost its parent", err);
}

/* What differs from it, as far as digests tell. */
static int read_parent(struct sending *s, struct error *err)
{
	const struct kept_blocks *known = image_blocks_known(s->cargo->blocks);
	const uint64_t volume_bytes = image_blocks_volume_bytes(s->cargo->blocks);
	bool ignored;

	if (upload_parent_open(s->ebs, s->parent_id, &s->parent, err) < 0)
		return -1;
	if (upload_parent_volume_bytes(s->parent) > volume_bytes)
		return error_set(
			err, ERR_SPACE, 0, "%s is of a larger volume", s->parent_id);
	if (!known)
		return 0;
	return upload_parent_compare_kept(
		s->parent, known, volume_bytes, s->copy->progress, &ignored, err);
}

/* ---- the blocks */

/* Those that are to be sent, as far as that is known. */
static int fetch_blocks(struct sending *s, struct error *err)
{
	struct image_blocks *blocks = s->cargo->blocks;

	s->source = upload_source_free(s->source);
	if (image_blocks_fetch(
		    blocks, upload_parent_delta(s->parent), s->copy->progress, err) < 0)
		return -1;
	return image_blocks_source(
		blocks, s->copy->source->image->image_id, &s->source, err);
}

/* Before anything is made. */
static int load(struct sending *s, struct error *err)
{
	struct error why = ERROR_INIT;

	if (s->parent_id && read_parent(s, &why) < 0 &&
		do_without_parent(s, &why, err) < 0)
		return -1;
	if (fetch_blocks(s, err) < 0)
		return -1;
	if (!s->parent || upload_parent_delta(s->parent))
		return 0;
	if (upload_parent_compare(s->parent, s->source,
		    image_blocks_volume_bytes(s->cargo->blocks), s->copy->progress,
		    &why) < 0)
		return do_without_parent(s, &why, err);
	return 0;
}

/* ---- its beginning */

static int ask(struct sending *s, const struct ebs_tag *tags, struct error *err)
{
	struct image_copy *c = s->copy;
	const char *run_id = run_journal_id(c->journal);
	const struct snapshot_start how = {
		.volume_size_gib = image_blocks_volume_bytes(s->cargo->blocks) / GIB,
		.parent_id = s->parent_id,
		.token = run_id,
		.description = c->source->name,
		.tags = tags,
		.tag_count = s->tag_count,
		.is_encrypted = !s->parent_id && image_copy_will_be_encrypted(c),
		.kms_key_arn = s->parent_id ? NULL : c->kms_key_arn,
	};

	if (run_journal_note(
		    c->journal, RUN_PARENT, s->parent_id ? s->parent_id : "-", err) < 0 ||
		run_journal_note(c->journal, RUN_STARTS, run_id, err) < 0)
		return -1;
	return snapshot_start(s->ebs, &how, &s->snapshot_id, err);
}

/* A parent may be one that the service does not take. */
static int ask_without_parent(
	struct sending *s, const struct ebs_tag *tags, struct error *err)
{
	progress_step(s->copy->progress,
		"all blocks are sent to %s, as %s is no parent: %s", region_of(s),
		s->parent_id, err->msg);
	*err = (struct error)ERROR_INIT;
	drop_parent(s);
	return fetch_blocks(s, err) < 0 ? -1 : ask(s, tags, err);
}

static int start(struct sending *s, struct error *err)
{
	struct image_copy *c = s->copy;
	const char *run_id = run_journal_id(c->journal);
	CLEANUP(freep) struct ebs_tag *tags = xcalloc(s->tag_count, sizeof(*tags));
	/* Of a token that was used before, a refusal says nothing of that time. */
	const bool is_first = !is_started(s);
	struct error ignored = ERROR_INIT;

	for (size_t i = 0; i < s->tag_count; i++)
		tags[i] = (struct ebs_tag){ s->tags[i].key, s->tags[i].value };
	if (ask(s, tags, err) < 0 && (!s->parent_id || !service_error_is_refusal(err) ||
					     ask_without_parent(s, tags, err) < 0)) {
		/* With a client token, no attempt before it has made one either. */
		if (is_first && service_error_is_refusal(err)) {
			(void)run_journal_note(c->journal, RUN_REFUSED, run_id, &ignored);
			(void)run_journal_end(c->journal, &ignored);
		}
		return -1;
	}
	s->made_at_ms = clock_now_ms();
	return run_journal_note(c->journal, RUN_MADE, s->snapshot_id, err);
}

static int complete(
	struct sending *s, const struct upload_count *count, struct error *err)
{
	struct image_copy *c = s->copy;
	const struct snapshot_content content = {
		.id = s->snapshot_id,
		.made_at_ms = s->made_at_ms,
		.blocks = count->blocks,
		.linear = count->linear,
		.was_completing = s->was_completing,
	};

	if (run_journal_note(c->journal, RUN_COMPLETES, s->snapshot_id, err) < 0)
		return -1;
	return snapshot_complete(s->ebs, c->ec2, &content, c->progress, err);
}

static int fill(struct sending *s, struct error *err)
{
	CLEANUP(kept_blocks_releasep) struct kept_blocks digests = { 0 };
	struct upload_count count = { 0 };
	const struct upload_work work = {
		.ebs = s->ebs,
		.snapshot_id = s->snapshot_id,
		.made_at_ms = s->made_at_ms,
		.source = s->source,
		.delta = upload_parent_delta(s->parent),
		.digests = &digests,
		.only_counts = s->was_completing,
		.progress = s->copy->progress,
	};

	if (s->is_complete)
		return 0;
	if (upload_blocks(&work, &count, err) < 0)
		return error_context(err, "send the blocks to %s", region_of(s));
	if (complete(s, &count, err) < 0) {
		upload_parent_forget(s->ebs, s->parent_id);
		return error_context(err, "send the blocks to %s", region_of(s));
	}
	upload_keep(s->ebs, s->snapshot_id, &digests, s->parent);
	progress_step(s->copy->progress,
		"%s in %s has %" PRIu64 " block%s%s%s, %" PRIu64 " of them sent now",
		s->snapshot_id, region_of(s), count.blocks, plural_s(count.blocks),
		s->parent_id ? " that differ from " : "",
		s->parent_id ? s->parent_id : "", count.sent_blocks);
	return 0;
}

/* ---- the image */

static int take_answer(
	struct sending *s, const struct ec2_image_id *answer, struct error *err)
{
	struct image_copy *c = s->copy;

	if (!answer->image_id || !ec2_id_is_valid(answer->image_id, "ami-"))
		return error_set(err, ERR_FORMAT, 0,
			"RegisterImage: the answer has no id of an image");
	c->image_id = xstrdup(answer->image_id);
	c->run_id = xstrdup(run_journal_id(c->journal));
	c->made_at_ms = clock_now_ms();
	return run_journal_note(c->journal, RUN_MADE, c->image_id, err);
}

static int register_it(struct sending *s, struct error *err)
{
	struct image_copy *c = s->copy;
	const struct shape_list tags = { s->tags, s->tag_count };
	CLEANUP(image_replica_releasep) struct image_replica replica = { 0 };
	CLEANUP(aws_result_releasep) struct aws_result result = AWS_RESULT_INIT;
	struct error ignored = ERROR_INIT;

	image_replica_init(
		c->source->image, s->snapshot_id, s->cargo->uefi_data, &tags, &replica);
	if (run_journal_note(c->journal, RUN_REGISTERS, c->source->image->name, err) < 0)
		return -1;
	if (ec2_call(c->ec2, &ec2_register_image_action, &replica.call, s->made_at_ms,
		    &result, err) == 0)
		return take_answer(s, result.answer, err);
	if (ec2_refused(&result, "InvalidAMIName.Duplicate"))
		return image_copy_find_taken(c, err);
	if (result.attempts == 1 && result.status / 100 == 4) {
		(void)run_journal_note(
			c->journal, RUN_REFUSED, c->source->image->name, &ignored);
		image_copy_remove(c);
	}
	return error_context(err, "register the image in %s", region_of(s));
}

/* What a failure leaves. */
static int keep(const struct sending *s, struct error *err)
{
	struct run_journal *j = s->copy->journal;
	const bool is_there = j && run_past_last(run_journal_past(j), RUN_STARTS);

	if (!is_there || run_past_last(run_journal_past(j), RUN_REFUSED))
		return -1;
	return error_context(err,
		"what it has already, 'amiwright cleanup --run %s' removes",
		run_journal_id(j));
}

int image_send(struct image_copy *c, struct aws_client *ebs,
	const struct image_cargo *cargo, struct error *err)
{
	CLEANUP(sending_releasep)
	struct sending s = { .copy = c, .ebs = ebs, .cargo = cargo };

	if (look_at_past(&s, err) < 0 ||
		(!s.is_complete && image_copy_find_key(c, err) < 0) ||
		choose_parent(&s, err) < 0 || (!s.is_complete && load(&s, err) < 0) ||
		image_copy_tags(c, &s.tags, &s.tag_count, err) < 0) {
		image_send_drop(c);
		return -1;
	}
	if ((!s.snapshot_id && start(&s, err) < 0) || fill(&s, err) < 0 ||
		register_it(&s, err) < 0)
		return keep(&s, err);
	progress_step(c->progress, "%s becomes %s in %s", c->source->image->image_id,
		c->image_id, region_of(&s));
	return 0;
}
