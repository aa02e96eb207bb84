/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/register.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "aws/service_error.h"
#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/term.h"
#include "core/image.h"
#include "core/image_attribute.h"
#include "core/image_copies.h"
#include "core/image_state.h"
#include "core/register_labels.h"
#include "core/register_snapshots.h"
#include "core/remove.h"
#include "core/run_begin.h"
#include "core/run_tags.h"
#include "core/waiting.h"

enum {
	VISIBLE_MOST_S = 120, /* until what has a name is found by it */
	DELETE_MOST_MS = 10000,
};

/* One registration while it goes on. */
struct registration {
	const struct register_spec *spec;
	struct progress *progress;
	struct aws_session session;
	struct aws_client *ec2;
	struct register_request request;
	struct run_journal *journal; /* NULL: nothing was begun here */
	char *run_id; /* of the image, NULL: none of ours */
	char *image_id; /* NULL: there is none yet */
	char *boot_mode;
	uint64_t made_at_ms; /* of the image; 0: long ago */
	uint64_t waited_ms; /* for the snapshots */
	bool was_there;
};

static bool has_own_journal(const struct registration *r)
{
	return r->journal && r->journal != r->spec->journal;
}

static void drop_journal(struct registration *r)
{
	if (has_own_journal(r))
		(void)run_journal_free(r->journal);
	r->journal = NULL;
}

/* It goes when nothing is left that it knows of. */
static int end_journal(struct registration *r, struct error *err)
{
	return has_own_journal(r) ? run_journal_end(r->journal, err) : 0;
}

static void registration_releasep(struct registration *r)
{
	drop_journal(r);
	register_request_release(&r->request);
	r->ec2 = aws_client_free(r->ec2);
	aws_session_release(&r->session);
	free(r->run_id);
	free(r->image_id);
	free(r->boot_mode);
}

void register_result_release(struct register_result *r)
{
	free(r->image_id);
	free(r->snapshot_id);
	free(r->region);
	free(r->name);
	free(r->architecture);
	free(r->boot_mode);
	free(r->run_id);
	*r = (struct register_result){ 0 };
}

/* One limit holds for both waits: that for the image has what the snapshots have left. */
static uint64_t left_s(const struct registration *r)
{
	const uint64_t most_ms = r->spec->wait_most_s * 1000;

	return most_ms > r->waited_ms ? (most_ms - r->waited_ms) / 1000 : 0;
}

static int await_snapshots(struct registration *r, struct error *err)
{
	const uint64_t begin_ms = clock_now_ms();
	const int rc = register_snapshots_await(
		r->ec2, &r->spec->image, left_s(r), r->progress, err);

	r->waited_ms = clock_now_ms() - begin_ms;
	return rc;
}

/* The image of our name, if there is one: in *ret, which has at most one. */
static int find_by_name(struct registration *r, struct ec2_list *ret, struct error *err)
{
	const struct ec2_filter filter = { "name", { &r->spec->image.name, 1 } };

	if (ec2_images_find(r->ec2, &filter, 1, ret, err) < 0)
		return error_context(err, "look for an image '%s'", r->spec->image.name);
	if (ret->count && !image_is_there(ec2_image_at(ret, 0)))
		ec2_list_release(ret);
	return 0;
}

/* The journal of the run that has made it, if that died on this machine. */
static int take_over(struct registration *r, const char *run_id, const char *image_id,
	struct error *err)
{
	struct run_journal *of_dead = NULL;
	bool is_alive = false;

	if (r->journal && !strcmp(run_journal_id(r->journal), run_id))
		return 0;
	if (run_journal_take(run_id, &of_dead, &is_alive, err) < 0)
		return -1;
	if (is_alive)
		return error_set(err, ERR_TARGET, 0,
			"another amiwright registers '%s' just now: %s, run %s",
			r->spec->image.name, image_id, run_id);
	/* Ours has made nothing. */
	if (end_journal(r, err) < 0)
		return -1;
	drop_journal(r);
	r->journal = of_dead;
	return 0;
}

/* A run that was killed behind its last call has left nothing but its journal. */
static int end_dead(const char *run_id, struct error *err)
{
	CLEANUP(run_journal_freep) struct run_journal *of_dead = NULL;
	bool is_alive;

	if (run_journal_take(run_id, &of_dead, &is_alive, err) < 0)
		return -1;
	return of_dead ? run_journal_end(of_dead, err) : 0;
}

/* An image of our name is what was asked for: finished, or left by a run that died. */
/* They stay: whoever has changed them since meant it, and by its family an image is kept
 * or removed. */
static void mention_labels(const struct registration *r, const struct ec2_image *image)
{
	CLEANUP(strbuf_releasep) struct strbuf difference = STRBUF_INIT;

	register_labels_differ(&r->spec->image, image, &difference);
	if (difference.length_bytes)
		progress_warning(r->progress, "%s stays as it is: %s", image->image_id,
			difference.data);
}

static int adopt(struct registration *r, const struct ec2_image *image, struct error *err)
{
	const char *run_id = ec2_tag_value(&image->tags, RUN_TAG_ID);
	const bool is_unfinished = image_is_unfinished(image, NULL);

	if (is_unfinished && take_over(r, run_id, image->image_id, err) < 0)
		return -1;
	if (!is_unfinished && end_journal(r, err) < 0)
		return -1;
	if (!is_unfinished && run_id && end_dead(run_id, err) < 0)
		return -1;
	r->image_id = xstrdup(image->image_id);
	r->made_at_ms = is_unfinished ? clock_now_ms() : 0;
	free(r->run_id);
	r->run_id = run_id ? xstrdup(run_id) : NULL;
	if (image->boot_mode)
		r->boot_mode = xstrdup(image->boot_mode);
	r->was_there = !is_unfinished;
	progress_step(r->progress, "%s has that name, and %s", image->image_id,
		is_unfinished ? "is of a run that was ended: going on with it"
			      : "is what was asked for");
	if (!is_unfinished)
		mention_labels(r, image);
	return 0;
}

static int begin_journal(struct registration *r, struct error *err)
{
	if (r->journal)
		return 0;
	return run_begin("register", &r->session, r->ec2, &r->journal, err);
}

/* One of that name that is another: it goes first, for a name is there once. Its copies
 * in other regions may be in use by who has never heard of this command: they stay. */
static int replace(
	struct registration *r, const struct ec2_image *image, struct error *err)
{
	const struct remove_how how = { .spared = r->spec->image.snapshot_id };
	CLEANUP(removed_releasep) struct removed removed = { 0 };
	struct error ignored = ERROR_INIT;

	if (image_state_check_removable(r->ec2, image, err) < 0 ||
		image_copies_mention(&r->session, image->image_id, r->progress, err) <
			0 ||
		begin_journal(r, err) < 0)
		return -1;
	if (remove_one(r->ec2, image, &how, r->journal, &removed, r->progress, err) == 0)
		return 0;
	if (!removed_is_half(&removed))
		(void)end_journal(r, &ignored);
	return -1;
}

/* As register_request_is_of(), and of what no list shows as well. */
static int is_wanted(const struct registration *r, const struct ec2_image *image,
	bool *ret, struct strbuf *ret_difference, struct error *err)
{
	const char *wanted = r->spec->image.uefi_data;
	const uint64_t made_at_ms = image_is_unfinished(image, NULL) ? clock_now_ms() : 0;
	CLEANUP(freep) char *has = NULL;

	*ret = register_request_is_of(&r->request, image, ret_difference);
	if (!*ret || !wanted)
		return 0;
	if (image_uefi_data(r->ec2, image->image_id, made_at_ms, &has, err) < 0) {
		if (!service_error_is_denial(err))
			return -1;
		progress_warning(r->progress,
			"whether the UEFI data of %s are these is not known: %s",
			image->image_id, err->msg);
		*err = (struct error)ERROR_INIT;
		return 0;
	}
	*ret = has && !strcmp(has, wanted);
	if (!*ret)
		strbuf_add_str(ret_difference,
			has ? "its UEFI data are others" : "it has no UEFI data");
	return 0;
}

static int meet(struct registration *r, const struct ec2_image *image, bool may_replace,
	struct error *err)
{
	CLEANUP(strbuf_releasep) struct strbuf difference = STRBUF_INIT;
	bool is_it;

	if (is_wanted(r, image, &is_it, &difference, err) < 0)
		return -1;
	if (is_it)
		return adopt(r, image, err);
	if (may_replace)
		return replace(r, image, err);
	return error_set(err, ERR_TARGET, 0,
		"%s has the name '%s' and is another image: %s; --replace removes it "
		"first",
		image->image_id, r->spec->image.name, difference.data);
}

/* The name is taken, by an image that may not be visible yet: our own, when the answer to
 * our first attempt was lost. */
static int find_taken(struct registration *r, struct error *err)
{
	struct waiting w;

	waiting_begin(&w, VISIBLE_MOST_S);
	for (;;) {
		CLEANUP(ec2_list_releasep) struct ec2_list found = { 0 };

		if (find_by_name(r, &found, err) < 0 && !waiting_bears(&w, err))
			return -1;
		if (found.count)
			return meet(r, ec2_image_at(&found, 0), false, err);
		if (waiting_is_over(&w))
			return error_set(err, ERR_TIMEOUT, 0,
				"the service says that an image has the name '%s', but "
				"shows none",
				r->spec->image.name);
		progress_wait(r->progress, "the image of that name to show",
			waiting_waited_s(&w), VISIBLE_MOST_S);
		if (waiting_pause(&w, r->ec2, err) < 0)
			return -1;
	}
}

/* Whether the service has said no to the only attempt: then there is no image. */
static bool is_refused(const struct aws_result *result)
{
	return result->attempts == 1 && result->status / 100 == 4;
}

static int call_register(struct registration *r, struct error *err)
{
	CLEANUP(aws_result_releasep) struct aws_result result = AWS_RESULT_INIT;
	struct error ignored = ERROR_INIT;
	const struct ec2_image_id *answer;

	if (ec2_call(r->ec2, &ec2_register_image_action, &r->request.call, 0, &result,
		    err) < 0) {
		if (ec2_refused(&result, "InvalidAMIName.Duplicate"))
			return find_taken(r, err);
		if (is_refused(&result)) {
			(void)run_journal_note(
				r->journal, RUN_REFUSED, r->spec->image.name, &ignored);
			(void)end_journal(r, &ignored);
			return -1;
		}
		if (r->spec->journal)
			return -1;
		return error_context(err,
			"whether there is an image now is not known; the same command "
			"goes on with it, 'amiwright cleanup --run %s' removes it",
			r->run_id);
	}
	answer = result.answer;
	if (!answer->image_id || !ec2_id_is_valid(answer->image_id, "ami-"))
		return error_set(err, ERR_FORMAT, 0,
			"RegisterImage: the answer has no id of an image");
	r->image_id = xstrdup(answer->image_id);
	r->made_at_ms = clock_now_ms();
	if (run_journal_note(r->journal, RUN_MADE, r->image_id, err) < 0)
		return -1;
	progress_step(
		r->progress, "registered %s as '%s'", r->image_id, r->spec->image.name);
	return 0;
}

static int ask_for_it(struct registration *r, struct error *err)
{
	if (begin_journal(r, err) < 0)
		return -1;
	r->run_id = xstrdup(run_journal_id(r->journal));
	register_request_release(&r->request);
	register_request_init(&r->spec->image, r->run_id, &r->request);
	if (run_journal_note(r->journal, RUN_REGISTERS, r->spec->image.name, err) < 0)
		return -1;
	return call_register(r, err);
}

static int open_all(struct registration *r, struct error *err)
{
	if (register_image_check(&r->spec->image, err) < 0 ||
		aws_session_open(&r->spec->session, &r->session, err) < 0 ||
		aws_session_client(&r->session, AWS_EC2, 0, &r->ec2, err) < 0)
		return -1;
	register_request_init(&r->spec->image, "", &r->request);
	return 0;
}

static int make(struct registration *r, struct error *err)
{
	CLEANUP(ec2_list_releasep) struct ec2_list found = { 0 };

	if (await_snapshots(r, err) < 0 || find_by_name(r, &found, err) < 0 ||
		(found.count &&
			meet(r, ec2_image_at(&found, 0), r->spec->replaces, err) < 0))
		return -1;
	return r->image_id ? 0 : ask_for_it(r, err);
}

/* It will never be an image: nobody has use for it. */
static void remove_failed(struct registration *r)
{
	struct error err = ERROR_INIT;

	term_hold();
	if (image_deregister(
		    r->ec2, r->image_id, r->made_at_ms, DELETE_MOST_MS, NULL, &err) < 0 ||
		end_journal(r, &err) < 0)
		progress_warning(r->progress, "%s is left: %s", r->image_id, err.msg);
	term_resume();
}

/* What a failure leaves. */
static int keep(const struct registration *r, struct error *err)
{
	if (r->spec->journal)
		return -1;
	return error_context(
		err, "%s is kept, and the same command goes on with it", r->image_id);
}

static int finish(struct registration *r, struct error *err)
{
	const struct register_spec *spec = r->spec;
	bool has_failed = false;

	if (image_wait(r->ec2, r->image_id, r->made_at_ms, left_s(r), &has_failed,
		    r->progress, err) < 0) {
		if (has_failed && !r->was_there) {
			remove_failed(r);
			return -1;
		}
		return keep(r, err);
	}
	if (r->was_there)
		return 0;
	if (image_finish(r->ec2, r->image_id, spec->image.snapshot_id, spec->image.tags,
		    spec->image.tag_count, r->made_at_ms, err) < 0)
		return keep(r, err);
	/* The image is what was asked for; a journal that stays costs a look at it. */
	if (end_journal(r, err) < 0)
		progress_warning(r->progress, "%s", err->msg);
	return 0;
}

static void fill_result(struct registration *r, struct register_result *ret)
{
	const struct register_image *i = &r->spec->image;

	ret->image_id = TAKE_PTR(r->image_id);
	ret->run_id = TAKE_PTR(r->run_id);
	ret->snapshot_id = xstrdup(i->snapshot_id);
	ret->region = xstrdup(r->session.region);
	ret->name = xstrdup(i->name);
	ret->architecture = xstrdup(i->architecture);
	if (r->boot_mode || i->boot_mode)
		ret->boot_mode = xstrdup(i->boot_mode ? i->boot_mode : r->boot_mode);
	ret->was_there = r->was_there;
}

int register_image(const struct register_spec *spec, struct progress *p,
	struct register_result *ret, struct error *err)
{
	CLEANUP(registration_releasep)
	struct registration r = { .spec = spec, .progress = p, .journal = spec->journal };
	uint64_t begin_ms = clock_now_ms(), register_ms;

	if (open_all(&r, err) < 0)
		return -1;
	progress_phase(p, "register", "Register the image");
	if (make(&r, err) < 0)
		return -1;
	register_ms = clock_now_ms() - begin_ms;
	progress_phase_end(p, "register", register_ms);
	begin_ms = clock_now_ms();
	progress_phase(p, "available", "Wait until it is available");
	if (finish(&r, err) < 0)
		return -1;
	fill_result(&r, ret);
	ret->register_ms = register_ms;
	ret->available_ms = clock_now_ms() - begin_ms;
	progress_phase_end(p, "available", ret->available_ms);
	if (!spec->journal) /* else its run has said it when it began */
		run_mention_dead(p);
	return 0;
}

void register_result_json(const struct register_result *r, struct json *j)
{
	json_add_string(j, "run_id", r->run_id);
	json_add_string(j, "region", r->region);
	json_add_string(j, "image_id", r->image_id);
	json_add_string(j, "snapshot_id", r->snapshot_id);
	json_add_string(j, "name", r->name);
	json_add_string(j, "architecture", r->architecture);
	json_add_string(j, "boot_mode", r->boot_mode);
	json_add_bool(j, "existing", r->was_there);
	json_object_begin(j, "seconds");
	json_add_seconds(j, "register", r->register_ms);
	json_add_seconds(j, "available", r->available_ms);
	json_object_end(j);
}
