/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/image_copy.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/term.h"
#include "core/cleanup_tags.h"
#include "core/image.h"
#include "core/kms_key.h"
#include "core/made.h"
#include "core/run_begin.h"
#include "core/run_tags.h"
#include "core/waiting.h"

enum {
	VISIBLE_MOST_S = 120, /* until what has a name is found by it */
	DELETE_MOST_MS = 10000,
};

void image_copy_release(struct image_copy *c)
{
	c->journal = run_journal_free(c->journal);
	strv_release(&c->snapshots);
	free(c->image_id);
	free(c->run_id);
	free(c->kms_key_arn);
	free(c->parent_id);
	c->image_id = c->run_id = c->kms_key_arn = c->parent_id = NULL;
}

static const char *region_of(const struct image_copy *c)
{
	return aws_client_region(c->ec2);
}

bool image_copy_will_be_encrypted(const struct image_copy *c)
{
	const struct ec2_image *image = c->source->image;
	bool is_encrypted = c->is_encrypted;

	for (size_t i = 0; i < image->block_devices.count; i++)
		is_encrypted |= ec2_image_device(image, i)->ebs.encrypted == SHAPE_TRUE;
	return is_encrypted;
}

static void take_snapshots(struct image_copy *c, const struct ec2_image *image)
{
	for (size_t i = 0; i < image->block_devices.count; i++) {
		const char *id = ec2_image_device(image, i)->ebs.snapshot_id;

		if (id && ec2_id_is_valid(id, "snap-") &&
			!strv_contains(&c->snapshots, id))
			strv_add(&c->snapshots, id);
	}
}

/* Of a run that died on this machine there is the journal; of a living one there is no
 * copy to be had now. */
static int take_over(struct image_copy *c, const char *run_id, struct error *err)
{
	bool is_alive = false;

	if (run_journal_take(run_id, &c->journal, &is_alive, err) < 0)
		return -1;
	if (!is_alive)
		return 0;
	return error_set(err, ERR_TARGET, 0,
		"another amiwright copies %s to %s just now: run %s", c->source->name,
		region_of(c), run_id);
}

/* What a dead run has left behind its last call: its journal. */
static int end_dead(struct image_copy *c, const char *run_id, struct error *err)
{
	CLEANUP(run_journal_freep) struct run_journal *of_dead = NULL;
	bool is_alive;

	(void)c;
	if (run_journal_take(run_id, &of_dead, &is_alive, err) < 0)
		return -1;
	return of_dead ? run_journal_end(of_dead, err) : 0;
}

/* What is so young that a list may not show it; an image before what it is made of. */
static int remove_young(struct image_copy *c, struct error *err)
{
	const struct run_past *past = c->journal ? run_journal_past(c->journal) : NULL;

	for (size_t i = past ? past->count : 0; i > 0; i--) {
		const struct run_deed *deed = &past->deeds[i - 1];

		if (deed->act == RUN_MADE && made_at_seconds(deed->at_s) &&
			made_remove(c->ec2, deed, DELETE_MOST_MS, err) < 0)
			return -1;
	}
	return 0;
}

void image_copy_remove(struct image_copy *c)
{
	const char *run_id = c->journal ? run_journal_id(c->journal) : c->run_id;
	const struct cleanup_choice choice = { .run_id = run_id };
	CLEANUP(cleaned_releasep) struct cleaned cleaned = { 0 };
	struct error err = ERROR_INIT;

	term_hold();
	if (remove_young(c, &err) < 0 ||
		cleanup_tags(c->ec2, &choice, false, c->progress, &cleaned, &err) < 0 ||
		(!cleaned.left.count && c->journal &&
			run_journal_end(c->journal, &err) < 0))
		progress_warning(c->progress,
			"run %s has left something in %s; 'amiwright cleanup --run %s' "
			"removes it: %s",
			run_id, region_of(c), run_id, err.msg);
	term_resume();
}

/* Another one's copy is there: what our run has made is of no use. */
static void give_way(struct image_copy *c)
{
	image_copy_remove(c);
	c->journal = run_journal_free(c->journal);
}

static int adopt(struct image_copy *c, const struct ec2_image *image, struct error *err)
{
	const char *run_id = ec2_tag_value(&image->tags, RUN_TAG_ID);
	const bool is_unfinished = image_is_unfinished(image, NULL);
	CLEANUP(freep) char *origin = image_origin(image);

	c->is_sent = !origin; /* of its own copies, the service says so */
	if (c->journal && run_id && !strcmp(run_id, run_journal_id(c->journal))) {
		c->image_id = xstrdup(image->image_id);
		c->run_id = xstrdup(run_id);
		c->made_at_ms = clock_now_ms();
		return 0;
	}
	if (c->journal)
		give_way(c);
	if (is_unfinished && take_over(c, run_id, err) < 0)
		return -1;
	if (!is_unfinished && run_id && end_dead(c, run_id, err) < 0)
		return -1;
	c->image_id = xstrdup(image->image_id);
	c->run_id = run_id ? xstrdup(run_id) : NULL;
	c->was_there = !is_unfinished;
	c->made_at_ms = is_unfinished ? made_at_text(c->ec2, image->creation_date) : 0;
	if (is_unfinished)
		progress_step(c->progress,
			"%s in %s is of a run that was ended: going on with it",
			c->image_id, region_of(c));
	return 0;
}

static bool is_same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : !a && !b;
}

/* Not the tag alone makes it the copy: it is ours, and has what each copy of ours has of
 * its source. */
static bool is_our_copy(const struct ec2_image *image, const struct image_source *source)
{
	const char *tag = ec2_tag_value(&image->tags, RUN_TAG_SOURCE);

	return tag && !strcmp(tag, source->name) && image_is_ours(image) &&
	       is_same(image->name, source->image->name) &&
	       is_same(image->architecture, source->image->architecture);
}

/* A finished one before one that is not; NULL when none is there. */
static const struct ec2_image *choose(
	const struct ec2_list *found, const struct image_source *source)
{
	const struct ec2_image *best = NULL;

	for (size_t i = 0; i < found->count; i++) {
		const struct ec2_image *image = ec2_image_at(found, i);

		if (!image_is_there(image) || !is_our_copy(image, source))
			continue;
		if (!best || (image_is_unfinished(best, NULL) &&
				     !image_is_unfinished(image, NULL)))
			best = image;
	}
	return best;
}

/* One that was copied with other tools, when the service says of what it is a copy. */
static bool is_copy_of(const struct ec2_image *image, const struct image_source *source)
{
	CLEANUP(freep) char *origin = image_origin(image);

	return origin && !strcmp(origin, source->name);
}

static int look(struct image_copy *c, const char *filter_name, const char *value,
	struct ec2_list *ret, struct error *err)
{
	const struct ec2_filter filter = { filter_name, { &value, 1 } };

	if (ec2_images_find(c->ec2, &filter, 1, ret, err) < 0)
		return error_context(err, "look for a copy of %s in %s", c->source->name,
			region_of(c));
	return 0;
}

static int find_shown(struct image_copy *c, struct error *err)
{
	CLEANUP(ec2_list_releasep) struct ec2_list copies = { 0 }, same = { 0 };
	const char *name = c->source->image->name;
	const struct ec2_image *image;

	if (look(c, "tag:" RUN_TAG_SOURCE, c->source->name, &copies, err) < 0)
		return -1;
	image = choose(&copies, c->source);
	if (image)
		return adopt(c, image, err);
	if (!name)
		return 0;
	if (look(c, "name", name, &same, err) < 0)
		return -1;
	/* A name is there once. */
	if (!same.count || !image_is_there(ec2_image_at(&same, 0)))
		return 0;
	image = ec2_image_at(&same, 0);
	if (is_copy_of(image, c->source))
		return adopt(c, image, err);
	return error_set(err, ERR_TARGET, 0,
		"%s in %s has the name '%s', and is no copy of %s: remove it, or leave "
		"that region out",
		image->image_id, region_of(c), name, c->source->name);
}

/* Whether the run wanted our copy, in our region; `act` is how. */
static bool is_of_ours(
	const struct image_copy *c, const struct run_past *past, enum run_act act)
{
	const struct run_deed *wanted = run_past_last(past, act);
	CLEANUP(freep) char *url = aws_session_url(c->ec2);

	return wanted && past->region && !strcmp(wanted->what, c->source->name) &&
	       !strcmp(past->region, region_of(c)) && !strcmp(past->url, url);
}

/* A copy that no list shows may have been asked for: then there is a journal that says
 * so, whose run is asked to be the one that goes on. What it has made and is gone was
 * removed by somebody. */
static int find_journal(struct image_copy *c, struct error *err)
{
	CLEANUP(strv_releasep) struct strv runs = STRV_INIT;

	if (run_journal_list(&runs, err) < 0)
		return -1;
	for (size_t i = 0; i < runs.count && !c->journal; i++) {
		CLEANUP(run_journal_freep) struct run_journal *j = NULL;
		CLEANUP(ec2_list_releasep) struct ec2_list found = { 0 };
		const struct run_deed *made;
		bool is_alive, is_sent;

		if (run_journal_take(runs.items[i], &j, &is_alive, err) < 0)
			return -1;
		if (!j || run_journal_is_damaged(j))
			continue;
		is_sent = is_of_ours(c, run_journal_past(j), RUN_SENDS);
		if (!is_sent && !is_of_ours(c, run_journal_past(j), RUN_COPIES))
			continue;
		c->is_sent = is_sent;
		made = run_past_last(run_journal_past(j), RUN_MADE);
		if (made && !ec2_id_is_valid(made->what, "ami-"))
			made = NULL; /* a snapshot, which may be gone as well */
		if (made && ec2_image_find(c->ec2, made->what, 0, &found, err) < 0)
			return -1;
		if (!made || (found.count && image_is_there(ec2_image_at(&found, 0))))
			c->journal = TAKE_PTR(j);
		else if (run_journal_end(j, err) < 0)
			return -1;
	}
	return 0;
}

int image_copy_find(struct image_copy *c, bool *ret_found, struct error *err)
{
	if (find_shown(c, err) < 0)
		return -1;
	*ret_found = c->image_id != NULL;
	return *ret_found ? 0 : find_journal(c, err);
}

/* Tags of AWS are nobody's to give. */
static struct ec2_tag *make_tags(const struct image_copy *c, size_t *ret_count)
{
	const struct shape_list *from = &c->source->image->tags;
	const struct ec2_tag *items = from->items;
	struct ec2_tag *tags = xcalloc(from->count + RUN_TAGS_OURS, sizeof(*tags));
	const char *family = ec2_tag_value(from, RUN_TAG_FAMILY);
	size_t count = 0;

	for (size_t i = 0; i < from->count; i++)
		if (items[i].key && strncmp(items[i].key, "aws:", 4) != 0 &&
			strncmp(items[i].key, "amiwright:", 10) != 0)
			tags[count++] = (struct ec2_tag){ items[i].key,
				items[i].value ? items[i].value : "" };
	tags[count++] = (struct ec2_tag){ RUN_TAG_ID, run_journal_id(c->journal) };
	tags[count++] = (struct ec2_tag){ RUN_TAG_STATE, RUN_STATE_UNFINISHED };
	tags[count++] = (struct ec2_tag){ RUN_TAG_SOURCE, c->source->name };
	if (family)
		tags[count++] = (struct ec2_tag){ RUN_TAG_FAMILY, family };
	*ret_count = count;
	return tags;
}

int image_copy_tags(const struct image_copy *c, struct ec2_tag **ret_tags,
	size_t *ret_count, struct error *err)
{
	size_t count;
	CLEANUP(freep) struct ec2_tag *tags = make_tags(c, &count);

	if (count > RUN_TAGS_MOST)
		return error_set(err, ERR_TARGET, 0,
			"%s has so many tags that the copy would have %zu: the service "
			"takes %d",
			c->source->image->image_id, count, RUN_TAGS_MOST);
	*ret_tags = TAKE_PTR(tags);
	*ret_count = count;
	return 0;
}

int image_copy_find_key(struct image_copy *c, struct error *err)
{
	if (!c->kms_key || c->kms_key_arn)
		return 0;
	return kms_key_find_arn(
		c->session, region_of(c), c->kms_key, &c->kms_key_arn, err);
}

static int call_copy(struct image_copy *c, const struct shape_list *tags,
	struct aws_result *ret, struct error *err)
{
	const struct ec2_tag_specification tagged[] = {
		{ "image", *tags },
		{ "snapshot", *tags },
	};
	const struct ec2_image *image = c->source->image;
	const struct ec2_copy_image request = {
		.source_image_id = image->image_id,
		.source_region = c->source->region,
		.name = image->name,
		.description = image->description && *image->description
				       ? image->description
				       : NULL,
		.client_token = run_journal_id(c->journal),
		.encrypted = c->is_encrypted ? SHAPE_TRUE : SHAPE_UNSET,
		.kms_key_id = c->kms_key,
		.tag_specifications = { tagged, ARRAY_SIZE(tagged) },
	};

	return ec2_call(c->ec2, &ec2_copy_image_action, &request, 0, ret, err);
}

int image_copy_find_taken(struct image_copy *c, struct error *err)
{
	struct waiting w;

	waiting_begin(&w, VISIBLE_MOST_S);
	for (;;) {
		if (find_shown(c, err) < 0 && !waiting_bears(&w, err))
			return -1;
		if (c->image_id)
			return 0;
		if (waiting_is_over(&w))
			return error_set(err, ERR_TIMEOUT, 0,
				"the service says that an image in %s has the name '%s', "
				"but shows none",
				region_of(c), c->source->image->name);
		progress_wait(c->progress, "the copy of that name to show",
			waiting_waited_s(&w), VISIBLE_MOST_S);
		if (waiting_pause(&w, c->ec2, err) < 0)
			return -1;
	}
}

static int judge_refusal(
	struct image_copy *c, const struct aws_result *result, struct error *err)
{
	struct error ignored = ERROR_INIT;

	if (ec2_refused(result, "InvalidAMIName.Duplicate"))
		return image_copy_find_taken(c, err);
	if (ec2_refused(result, "IdempotentParameterMismatch"))
		return error_context(err,
			"a copy was begun with other options; 'amiwright cleanup --run "
			"%s' removes it",
			run_journal_id(c->journal));
	/* Refused at once: there is no copy. */
	if (result->attempts == 1 && result->status / 100 == 4) {
		(void)run_journal_end(c->journal, &ignored);
		return error_context(err, "copy to %s", region_of(c));
	}
	return error_context(err,
		"whether there is a copy in %s now is not known; 'amiwright cleanup "
		"--run %s' removes it",
		region_of(c), run_journal_id(c->journal));
}

int image_copy_begin(struct image_copy *c, struct error *err)
{
	CLEANUP(aws_result_releasep) struct aws_result result = AWS_RESULT_INIT;
	CLEANUP(freep) struct ec2_tag *items = NULL;
	struct shape_list tags = { 0 };
	const struct ec2_image_id *answer;

	if (!c->journal && run_begin("publish", c->session, c->ec2, &c->journal, err) < 0)
		return -1;
	if (image_copy_tags(c, &items, &tags.count, err) < 0 ||
		run_journal_note(c->journal, RUN_COPIES, c->source->name, err) < 0)
		return -1;
	tags.items = items;
	if (call_copy(c, &tags, &result, err) < 0)
		return judge_refusal(c, &result, err);
	answer = result.answer;
	if (!answer->image_id || !ec2_id_is_valid(answer->image_id, "ami-"))
		return error_set(err, ERR_FORMAT, 0,
			"CopyImage: the answer has no id of an image");
	c->image_id = xstrdup(answer->image_id);
	c->run_id = xstrdup(run_journal_id(c->journal));
	c->made_at_ms = clock_now_ms();
	if (run_journal_note(c->journal, RUN_MADE, c->image_id, err) < 0)
		return -1;
	progress_step(c->progress, "%s becomes %s in %s", c->source->image->image_id,
		c->image_id, region_of(c));
	return 0;
}

static int check_encryption(
	const struct image_copy *c, const struct ec2_image *image, struct error *err)
{
	for (size_t i = 0; c->is_encrypted && i < image->block_devices.count; i++) {
		const struct ec2_ebs_device *ebs = &ec2_image_device(image, i)->ebs;

		if (ebs->snapshot_id && ebs->encrypted == SHAPE_FALSE)
			return error_set(err, ERR_TARGET, 0,
				"the copy %s in %s is not encrypted, and was wanted to "
				"be: remove it first",
				c->image_id, region_of(c));
	}
	return 0;
}

int image_copy_wait(struct image_copy *c, uint64_t most_s, struct error *err)
{
	CLEANUP(ec2_list_releasep) struct ec2_list found = { 0 };
	bool has_failed = false;

	if (image_wait(c->ec2, c->image_id, c->made_at_ms, most_s, &has_failed,
		    c->progress, err) < 0) {
		if (has_failed && c->run_id && !c->was_there)
			image_copy_remove(c);
		return -1;
	}
	if (ec2_image_find(c->ec2, c->image_id, c->made_at_ms, &found, err) < 0)
		return -1;
	if (!found.count)
		return error_set(
			err, ERR_FETCH, 0, "%s in %s is gone", c->image_id, region_of(c));
	take_snapshots(c, ec2_image_at(&found, 0));
	return check_encryption(c, ec2_image_at(&found, 0), err);
}

int image_copy_finish(struct image_copy *c, struct error *err)
{
	CLEANUP(strv_releasep) struct strv ids = STRV_INIT;

	if (c->was_there)
		return 0;
	strv_add(&ids, c->image_id);
	for (size_t i = 0; i < c->snapshots.count; i++)
		strv_add(&ids, c->snapshots.items[i]);
	return image_finish_all(c->ec2, &ids, c->made_at_ms, err);
}
