/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/cleanup.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "core/cleanup_tags.h"
#include "core/ec2_calls.h"
#include "core/made.h"
#include "core/regions.h"
#include "core/remove.h"
#include "core/run_begin.h"
#include "core/run_id.h"
#include "core/upload_alive.h"
#include "core/waiting.h"

/* So long after it was asked for, what is there is seen to be there. */
enum { VISIBLE_AFTER_S = 60 };

static void things_release(struct cleaned_things *c)
{
	for (size_t i = 0; i < c->count; i++) {
		free(c->items[i].id);
		free(c->items[i].region);
		free(c->items[i].run_id);
	}
	free(c->items);
}

void cleaned_release(struct cleaned *c)
{
	things_release(&c->removed);
	things_release(&c->left);
	*c = (struct cleaned){ 0 };
}

bool cleaned_has(const struct cleaned_things *c, const char *id, const char *region)
{
	for (size_t i = 0; i < c->count; i++)
		if (!strcmp(c->items[i].id, id) && !strcmp(c->items[i].region, region))
			return true;
	return false;
}

void cleaned_add(
	struct cleaned_things *to, const char *id, const char *region, const char *run_id)
{
	if (cleaned_has(to, id, region))
		return;
	array_reserve_one((void **)&to->items, to->count, &to->room, sizeof(*to->items));
	to->items[to->count++] =
		(struct cleaned_thing){ xstrdup(id), xstrdup(region), xstrdup(run_id) };
}

/* The place where a dead run was, reached as it was. */
struct place {
	struct aws_session session;
	struct aws_client *ec2;
};

static void place_releasep(struct place *p)
{
	p->ec2 = aws_client_free(p->ec2);
	aws_session_release(&p->session);
}

static int place_open(const struct aws_session_spec *spec, const struct run_past *past,
	struct place *ret, struct error *err)
{
	struct aws_session_spec there = *spec;

	there.region = past->region;
	if (aws_session_open(&there, &ret->session, err) < 0)
		return -1;
	if (!spec->profile &&
		strcmp(aws_config_profile(ret->session.config), past->profile) != 0) {
		aws_session_release(&ret->session);
		there.profile = past->profile;
		if (aws_session_open(&there, &ret->session, err) < 0)
			return -1;
	}
	return aws_session_client(&ret->session, AWS_EC2, 0, &ret->ec2, err);
}

/* For how long something may still appear that the run has asked for. */
static uint64_t invisible_s(const struct run_past *past)
{
	const struct run_deed *asked = run_past_unanswered(past);
	const int64_t age_s = asked ? time(NULL) - asked->at_s : VISIBLE_AFTER_S;

	if (age_s >= VISIBLE_AFTER_S)
		return 0;
	return (uint64_t)(VISIBLE_AFTER_S - (age_s > 0 ? age_s : 0));
}

/* Whose removal is gone on with, and who hears of what is left. */
struct rest {
	struct aws_client *ec2;
	const struct run_past *past;
	struct progress *progress;
	struct cleaned *cleaned;
};

static int leave_rest(const char *id, void *userdata, const struct error *err)
{
	const struct rest *r = userdata;

	return cleanup_leave(r->ec2, id, r->past->run_id, r->progress, r->cleaned, err);
}

/* What the run was about to remove, to its end. */
static int finish_removal(struct aws_client *ec2, const struct run_past *past,
	bool is_dry_run, struct progress *p, struct cleaned *ret, struct error *err)
{
	CLEANUP(strv_releasep) struct strv ids = STRV_INIT;
	struct rest rest = { ec2, past, p, ret };
	const int rc = remove_rest(ec2, past, is_dry_run, leave_rest, &rest, &ids, err);

	for (size_t i = 0; i < ids.count; i++)
		cleaned_add(&ret->removed, ids.items[i], past->region, past->run_id);
	return rc;
}

/* 1 when all of it is gone, 0 when some was left. */
static int clean_place(const struct cleanup_spec *spec, struct place *place,
	const struct run_past *past, struct progress *p, struct cleaned *ret,
	struct error *err)
{
	const struct cleanup_choice choice = { .run_id = past->run_id };
	const size_t left = ret->left.count;
	struct waiting w;
	size_t before;

	if (finish_removal(place->ec2, past, spec->is_dry_run, p, ret, err) < 0 ||
		(!spec->is_dry_run && made_await(place->ec2, past, p, err) < 0))
		return -1;
	before = ret->removed.count;
	waiting_begin(&w, spec->is_dry_run ? 0 : invisible_s(past));
	for (;;) {
		if (cleanup_tags(place->ec2, &choice, spec->is_dry_run, p, ret, err) < 0)
			return -1;
		if (ret->left.count > left)
			return 0;
		if (ret->removed.count > before || waiting_is_over(&w))
			return 1;
		progress_wait(p, "what may have been made to show", waiting_waited_s(&w),
			w.most_s);
		if (waiting_pause(&w, place->ec2, err) < 0)
			return -1;
	}
}

/* With other credentials nothing would be found, and the journal be lost. */
static int is_of_other_account(const struct run_past *past, const struct place *place,
	struct progress *p, bool *ret, struct error *err)
{
	CLEANUP(freep) char *account = NULL;

	if (!strcmp(past->account, RUN_ACCOUNT_UNKNOWN))
		return 0;
	if (run_account(&place->session, &account, err) < 0)
		return -1;
	*ret = strcmp(account, past->account) != 0;
	if (*ret)
		progress_warning(p,
			"run %s was in account %s, and these credentials are of %s: "
			"clean "
			"it up with that account's",
			past->run_id, past->account,
			strcmp(account, RUN_ACCOUNT_UNKNOWN) != 0
				? account
				: "one that STS does not tell");
	return 0;
}

/* 1 when nothing of it is left, 0 when it could not be looked at. */
static int clean_run(const struct cleanup_spec *spec, const struct run_journal *j,
	struct progress *p, struct cleaned *ret, struct error *err)
{
	const struct run_past *past = run_journal_past(j);
	CLEANUP(place_releasep) struct place place = { 0 };
	CLEANUP(freep) char *url = NULL;
	bool is_other = false;

	if (run_journal_is_damaged(j)) {
		progress_warning(p,
			"the journal of run %s is damaged; look with --run %s in each "
			"region, then remove '%s'",
			past->run_id, past->run_id, run_journal_path(j));
		return 0;
	}
	if (!past->region) /* it ended before it did anything */
		return 1;
	if (place_open(&spec->session, past, &place, err) < 0)
		return -1;
	url = aws_session_url(place.ec2);
	if (strcmp(url, past->url) != 0) {
		progress_warning(p,
			"run %s was at %s, not at %s: clean it up with that endpoint",
			past->run_id, past->url, url);
		return 0;
	}
	if (is_of_other_account(past, &place, p, &is_other, err) < 0)
		return -1;
	if (is_other)
		return 0;
	progress_step(p, "run %s (%s) in %s was ended", past->run_id, past->command,
		past->region);
	return clean_place(spec, &place, past, p, ret, err);
}

/* 1 when nothing of it is left that is dead, 0 when a warning said what is. */
static int clean_journal(const struct cleanup_spec *spec, const char *run_id,
	struct progress *p, struct cleaned *ret, struct error *err)
{
	CLEANUP(run_journal_freep) struct run_journal *j = NULL;
	bool is_alive = false;
	int rc;

	if (run_journal_take(run_id, &j, &is_alive, err) < 0)
		return -1;
	ret->alive_runs += is_alive;
	if (!j)
		return 1;
	rc = clean_run(spec, j, p, ret, err);
	if (rc == 1 && !spec->is_dry_run && run_journal_end(j, err) < 0)
		return -1;
	return rc;
}

/* One that fails does not keep the others from being cleaned up after. */
static int clean_journals(const struct cleanup_spec *spec, struct progress *p,
	struct cleaned *ret, struct error *err)
{
	CLEANUP(strv_releasep) struct strv runs = STRV_INIT;

	if (run_journal_list(&runs, err) < 0)
		return -1;
	for (size_t i = 0; i < runs.count; i++) {
		int rc;

		if (spec->run_id && strcmp(spec->run_id, runs.items[i]) != 0)
			continue;
		rc = clean_journal(spec, runs.items[i], p, ret, err);
		if (rc < 0) {
			(void)error_context(err, "clean up after run %s", runs.items[i]);
			if (err->code == ERR_INTERRUPTED)
				return -1;
			progress_warning(p, "%s", err->msg);
		}
		ret->left_runs += rc != 1;
	}
	return 0;
}

/* By its tags alone: not one that is alive on this machine. */
static bool has_no_life(const char *run_id, void *userdata)
{
	CLEANUP(run_journal_freep) struct run_journal *j = NULL;
	struct error err = ERROR_INIT;
	bool is_alive = true;

	(void)userdata;
	if (run_journal_take(run_id, &j, &is_alive, &err) < 0 || is_alive)
		return false;
	return !upload_is_alive(run_id);
}

/* *ret_seen gets the region's name when it was looked at. */
static int clean_region(const struct cleanup_spec *spec,
	const struct aws_session_spec *session, struct progress *p, struct cleaned *ret,
	struct strv *ret_seen, struct error *err)
{
	CLEANUP(place_releasep) struct place here = { 0 };
	const struct cleanup_choice choice = { .run_id = spec->run_id,
		.older_than_s = spec->older_than_s,
		.is_dead = has_no_life };

	if (aws_session_open(session, &here.session, err) < 0 ||
		aws_session_client(&here.session, AWS_EC2, 0, &here.ec2, err) < 0)
		return -1;
	if (cleanup_tags(here.ec2, &choice, spec->is_dry_run, p, ret, err) < 0)
		return -1;
	strv_add(ret_seen, here.session.region);
	return 0;
}

/* From where the account is kept out, nothing was left; else it counts. */
static int clean_regions(const struct cleanup_spec *spec, struct progress *p,
	struct cleaned *ret, struct strv *ret_seen, struct error *err)
{
	CLEANUP(strv_releasep) struct strv regions = STRV_INIT;
	size_t failed = 0;

	if (regions_find(&spec->session, &regions, err) < 0)
		return -1;
	for (size_t i = 0; i < regions.count; i++) {
		struct aws_session_spec there = spec->session;

		there.region = regions.items[i];
		if (clean_region(spec, &there, p, ret, ret_seen, err) == 0)
			continue;
		(void)error_context(err, "in %s", there.region);
		if (err->code == ERR_INTERRUPTED || ++failed == regions.count)
			return -1;
		progress_warning(p, "%s", err->msg);
		ret->left_regions += !regions_is_denied(err);
	}
	return 0;
}

/* Silence could be taken for a run or a region that was mistaken. */
static void tell_nothing(const struct cleanup_spec *spec, const struct cleaned *c,
	const struct strv *seen, struct progress *p)
{
	CLEANUP(freep) char *place = regions_text(seen);

	if (c->removed.count || c->left.count || c->left_runs || c->left_regions)
		return;
	if (spec->run_id)
		progress_step(p,
			"run %s has left nothing in %s, or there was none of that id",
			spec->run_id, place);
	else
		progress_step(p, "nothing to clean up in %s", place);
}

int cleanup_runs(const struct cleanup_spec *spec, struct progress *p, struct cleaned *ret,
	struct error *err)
{
	CLEANUP(strv_releasep) struct strv seen = STRV_INIT;
	int rc;

	if (spec->run_id && !run_id_is_one(spec->run_id))
		return error_set(err, ERR_USAGE, 0,
			"'%s' is no run id; one looks like 20261121t090113z-4f0c9a21be",
			spec->run_id);
	if (spec->run_id && !has_no_life(spec->run_id, NULL))
		return error_set(err, ERR_TARGET, 0,
			"run %s is under way on this machine", spec->run_id);
	if (clean_journals(spec, p, ret, err) < 0)
		return -1;
	rc = spec->in_all_regions
		     ? clean_regions(spec, p, ret, &seen, err)
		     : clean_region(spec, &spec->session, p, ret, &seen, err);
	if (rc == 0)
		tell_nothing(spec, ret, &seen, p);
	for (size_t i = 0; !spec->is_dry_run && i < ret->removed.count; i++)
		upload_forget(ret->removed.items[i].run_id);
	return rc;
}

static void add_things(struct json *j, const char *key, const struct cleaned_things *c)
{
	json_array_begin(j, key);
	for (size_t i = 0; i < c->count; i++) {
		json_object_begin(j, NULL);
		json_add_string(j, "id", c->items[i].id);
		json_add_string(j, "region", c->items[i].region);
		json_add_string(j, "run_id", c->items[i].run_id);
		json_object_end(j);
	}
	json_array_end(j);
}

void cleaned_json(const struct cleaned *c, struct json *j)
{
	add_things(j, "removed", &c->removed);
	add_things(j, "left", &c->left);
	json_add_uint(j, "alive_runs", c->alive_runs);
	json_add_uint(j, "left_runs", c->left_runs);
	json_add_uint(j, "left_regions", c->left_regions);
}
