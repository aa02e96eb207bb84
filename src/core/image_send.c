/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/image_send.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "aws/service_error.h"
#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "core/image_replica.h"
#include "core/run_begin.h"
#include "core/snapshot.h"
#include "core/upload_blocks.h"
#include "core/upload_parent.h"

enum { YOUNG_S = 120 };

/* One image while it is sent. */
struct sending {
	struct image_copy *copy;
	struct aws_client *ebs;
	const struct image_blocks *blocks;
	struct ec2_tag *tags;
	size_t tag_count;
	char *snapshot_id; /* NULL: not started */
	uint64_t made_at_ms; /* 0: long ago */
	bool is_complete; /* a run before this one saw to that */
	bool was_completing; /* one may have */
};

static void sending_releasep(struct sending *s)
{
	free(s->tags);
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

	if (run_past_last(run_journal_past(c->journal), RUN_STARTS))
		return;
	if (run_journal_end(c->journal, &err) < 0)
		progress_warning(c->progress, "%s", err.msg);
}

/* ---- the snapshot */

/* When that was, on clock_now_ms(); 0: long ago. */
static uint64_t moment_of(const struct run_deed *deed)
{
	const int64_t age_s = time(NULL) - deed->at_s;
	const uint64_t now = clock_now_ms(), age_ms = (uint64_t)age_s * 1000;

	return age_s >= 0 && age_s < YOUNG_S && age_ms < now ? now - age_ms : 0;
}

/* What was begun is of no use any more: it goes, and another run takes its place. */
static int begin_anew(struct sending *s, struct error *err)
{
	struct image_copy *c = s->copy;

	progress_warning(c->progress,
		"the snapshot in %s that an earlier run began is gone: beginning anew",
		region_of(s));
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
	made_at_ms = moment_of(made);
	if (snapshot_look(s->copy->ec2, made->what, made_at_ms, &state, err) < 0)
		return -1;
	if (state == SNAPSHOT_MISSING || state == SNAPSHOT_FAILED)
		return begin_anew(s, err);
	s->snapshot_id = xstrdup(made->what);
	s->made_at_ms = made_at_ms;
	s->is_complete = state == SNAPSHOT_COMPLETED;
	s->was_completing = run_past_last(past, RUN_COMPLETES) != NULL;
	progress_step(
		s->copy->progress, "go on with %s in %s", s->snapshot_id, region_of(s));
	return 0;
}

/* As with a copy: what is encrypted stays so. */
static bool has_to_be_encrypted(const struct image_copy *c)
{
	const struct ec2_image *image = c->source->image;
	bool is_encrypted = c->is_encrypted;

	for (size_t i = 0; i < image->block_devices.count; i++)
		is_encrypted |= ec2_image_device(image, i)->ebs.encrypted == SHAPE_TRUE;
	return is_encrypted;
}

static int start(struct sending *s, struct error *err)
{
	struct image_copy *c = s->copy;
	const char *run_id = run_journal_id(c->journal);
	CLEANUP(freep) struct ebs_tag *tags = xcalloc(s->tag_count, sizeof(*tags));
	const struct snapshot_start how = {
		.volume_size_gib = s->blocks->volume_bytes / GIB,
		.token = run_id,
		.description = c->source->name,
		.tags = tags,
		.tag_count = s->tag_count,
		.is_encrypted = has_to_be_encrypted(c),
		.kms_key_arn = c->kms_key,
	};
	/* Of a token that was used before, a refusal says nothing of that time. */
	const bool is_first = !run_past_last(run_journal_past(c->journal), RUN_STARTS);
	struct error ignored = ERROR_INIT;

	for (size_t i = 0; i < s->tag_count; i++)
		tags[i] = (struct ebs_tag){ s->tags[i].key, s->tags[i].value };
	if (run_journal_note(c->journal, RUN_STARTS, run_id, err) < 0)
		return -1;
	if (snapshot_start(s->ebs, &how, &s->snapshot_id, err) < 0) {
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

static int open_source(
	const struct sending *s, struct upload_source **ret, struct error *err)
{
	CLEANUP(fd_closep) int fd = fcntl(s->blocks->fd, F_DUPFD_CLOEXEC, 0);

	if (fd < 0)
		return error_errno(err, "open the copy of the snapshot");
	return upload_source_of_fd(&fd, s->copy->source->image->image_id, ret, err);
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
	CLEANUP(upload_source_freep) struct upload_source *source = NULL;
	CLEANUP(kept_blocks_releasep) struct kept_blocks digests = { 0 };
	struct upload_count count = { 0 };
	struct upload_work work = {
		.ebs = s->ebs,
		.snapshot_id = s->snapshot_id,
		.made_at_ms = s->made_at_ms,
		.digests = &digests,
		.only_counts = s->was_completing,
		.progress = s->copy->progress,
	};

	if (s->is_complete)
		return 0;
	if (open_source(s, &source, err) < 0)
		return -1;
	work.source = source;
	if (upload_blocks(&work, &count, err) < 0 || complete(s, &count, err) < 0)
		return error_context(err, "send the blocks to %s", region_of(s));
	upload_keep(s->ebs, s->snapshot_id, &digests, NULL);
	progress_step(s->copy->progress,
		"%s in %s has %" PRIu64 " blocks, %" PRIu64 " of them sent now",
		s->snapshot_id, region_of(s), count.blocks, count.sent_blocks);
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
		c->source->image, s->snapshot_id, s->blocks->uefi_data, &tags, &replica);
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
		"the same command goes on with it, 'amiwright cleanup --run %s' removes "
		"it",
		run_journal_id(j));
}

int image_send(struct image_copy *c, struct aws_client *ebs,
	const struct image_blocks *blocks, struct error *err)
{
	CLEANUP(sending_releasep)
	struct sending s = { .copy = c, .ebs = ebs, .blocks = blocks };

	if (look_at_past(&s, err) < 0 ||
		image_copy_tags(c, &s.tags, &s.tag_count, err) < 0)
		return -1;
	if ((!s.snapshot_id && start(&s, err) < 0) || fill(&s, err) < 0 ||
		register_it(&s, err) < 0)
		return keep(&s, err);
	progress_step(c->progress, "%s becomes %s in %s", c->source->image->image_id,
		c->image_id, region_of(&s));
	return 0;
}
