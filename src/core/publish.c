/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/publish.h"

#include <stdlib.h>
#include <string.h>

#include "aws/service_error.h"
#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/words.h"
#include "core/image.h"
#include "core/image_copy.h"
#include "core/image_reference.h"
#include "core/image_send.h"
#include "core/image_share.h"
#include "core/publish_check.h"
#include "core/publish_foresee.h"
#include "core/publish_send.h"
#include "core/publish_settle.h"
#include "core/publish_way.h"
#include "core/publish_wish.h"
#include "core/remove.h"
#include "core/run_begin.h"
#include "core/run_tags.h"

/* One region of the publication; the first is the image's own. */
struct place {
	struct image_copy copy;
	bool is_home, is_required;
	bool is_changed;
	struct error *failure; /* NULL: none so far */
};

/* One publication while it goes on. */
struct publication {
	const struct publish_spec *spec;
	struct progress *progress;
	struct change_teller teller;
	struct aws_session session;
	struct aws_client *home;
	char *image_id;
	struct ec2_list found; /* the image */
	char *source_name;
	struct image_source source;
	struct strv holders; /* of launch permissions */
	struct publish_sending sending;
	struct pace_estimate estimate;
	struct place *places;
	size_t count;
};

static void publication_releasep(struct publication *p)
{
	for (size_t i = 0; i < p->count; i++) {
		struct place *place = &p->places[i];

		image_copy_release(&place->copy);
		if (!place->is_home)
			place->copy.ec2 = aws_client_free(place->copy.ec2);
		free(place->failure);
	}
	free(p->places);
	publish_sending_release(&p->sending);
	strv_release(&p->holders);
	ec2_list_release(&p->found);
	free(p->source_name);
	free(p->image_id);
	p->home = aws_client_free(p->home);
	aws_session_release(&p->session);
}

static const char *region_of(const struct place *place)
{
	return aws_client_region(place->copy.ec2);
}

static int find_source(struct publication *p, struct error *err)
{
	const struct publish_spec *spec = p->spec;
	const struct ec2_filter filter = { "image-id",
		{ (const char *const *)&p->image_id, 1 } };
	bool has_failed;

	if (ec2_images_find(p->home, &filter, 1, &p->found, err) < 0)
		return error_context(err, "look at %s", p->image_id);
	if (!p->found.count || !image_is_there(ec2_image_at(&p->found, 0)))
		return error_set(err, ERR_FETCH, 0, "this account has no image %s in %s",
			p->image_id, p->session.region);
	p->source_name = xasprintf("%s/%s", p->session.region, p->image_id);
	p->source = (struct image_source){ ec2_image_at(&p->found, 0), p->session.region,
		p->source_name };
	if (publish_check_image(spec->wish, p->source.image, err) < 0)
		return -1;
	return image_wait(p->home, p->image_id, 0, spec->wait_most_s, &has_failed,
		p->progress, err);
}

static int add_place(
	struct publication *p, const char *region, bool is_required, struct error *err)
{
	struct place *place = &p->places[p->count];
	const struct recipe_publish *wish = p->spec->wish;

	for (size_t i = 0; i < p->count; i++)
		if (!strcmp(region_of(&p->places[i]), region))
			return 0;
	*place = (struct place){ .is_home = !p->count, .is_required = is_required };
	place->copy = (struct image_copy){
		.source = &p->source,
		.session = &p->session,
		.ec2 = p->home,
		.kms_key = publish_wish_key(wish, region),
		.progress = p->progress,
	};
	place->copy.is_encrypted = wish->encrypt || place->copy.kms_key;
	if (!place->is_home && aws_session_client_in(&p->session, AWS_EC2, region,
				       &place->copy.ec2, err) < 0)
		return -1;
	p->count++;
	return 0;
}

static int add_places(struct publication *p, struct error *err)
{
	const struct recipe_publish *wish = p->spec->wish;

	p->places = xcalloc(
		1 + wish->regions.count + wish->best_effort.count, sizeof(*p->places));
	if (add_place(p, p->session.region, true, err) < 0)
		return -1;
	for (size_t i = 0; i < wish->regions.count; i++)
		if (add_place(p, wish->regions.items[i], true, err) < 0)
			return -1;
	for (size_t i = 0; i < wish->best_effort.count; i++)
		if (add_place(p, wish->best_effort.items[i], false, err) < 0)
			return -1;
	for (size_t i = 0; i < wish->share.count; i++)
		strv_add(&p->holders, wish->share.items[i]);
	if (wish->public)
		strv_add(&p->holders, IMAGE_SHARE_ALL);
	return 0;
}

/* What is at home is at hand. */
static int look_home(struct publication *p, struct place *place)
{
	const struct ec2_image *image = p->source.image;
	const char *run_id = ec2_tag_value(&image->tags, RUN_TAG_ID);

	place->copy.image_id = xstrdup(image->image_id);
	place->copy.run_id = run_id ? xstrdup(run_id) : NULL;
	place->copy.was_there = true;
	return 0;
}

/* Everything that is asked before something is changed. */
static int look(struct publication *p, struct place *place, struct error *err)
{
	bool found;

	if (publish_check_region(&p->session, place->copy.ec2, p->spec->wish, err) < 0)
		return -1;
	if (place->is_home ? look_home(p, place) < 0
			   : image_copy_find(&place->copy, &found, err) < 0)
		return -1;
	return publish_check_moment(p->spec->wish, p->source.image, place->copy.ec2,
		place->copy.image_id, err);
}

static int begin(struct publication *p, struct place *place, struct error *err)
{
	struct image_copy *copy = &place->copy;

	if (publish_would_make(&place->copy, &p->teller)) {
		publish_foresee_copy(copy, &p->teller);
		place->is_changed = true;
		return 0;
	}
	if (copy->image_id)
		return 0;
	place->is_changed = true;
	return copy->is_sent ? image_send_begin(copy, err) : image_copy_begin(copy, err);
}

static void prepare_sending(struct publication *p)
{
	p->sending = (struct publish_sending){
		.session = &p->session,
		.home = p->home,
		.source = &p->source,
		.way = p->spec->wish->way,
		.link_bytes = p->spec->wish->link_bytes,
		.progress = p->progress,
	};
}

/* Those of the places that have not failed; the caller frees the array. */
static struct image_copy **copies_of(const struct publication *p, size_t *ret_count)
{
	struct image_copy **copies = xcalloc(p->count, sizeof(*copies));

	*ret_count = 0;
	for (size_t i = 0; i < p->count; i++)
		if (!p->places[i].failure)
			copies[(*ret_count)++] = &p->places[i].copy;
	return copies;
}

static int choose_way(struct publication *p, struct error *err)
{
	size_t count;
	CLEANUP(freep) struct image_copy **copies = copies_of(p, &count);

	prepare_sending(p);
	return publish_choose_way(&p->sending, copies, count, &p->estimate, err);
}

static int wait_for(struct publication *p, struct place *place, struct error *err)
{
	if (publish_would_make(&place->copy, &p->teller))
		return 0;
	return image_copy_wait(&place->copy, p->spec->wait_most_s, err);
}

static int settle(struct publication *p, struct place *place, struct error *err)
{
	const struct publish_settling settling = {
		.wish = p->spec->wish,
		.session = &p->session,
		.source = p->source.image,
		.holders = &p->holders,
		.teller = &p->teller,
	};

	place->is_changed |= !place->copy.was_there;
	return publish_settle(&settling, &place->copy, &place->is_changed, err);
}

/* Else it was said when it was done. */
static void tell_removed(struct publication *p, const struct removed *removed)
{
	for (size_t i = 0; p->teller.is_dry_run && i < removed->count; i++)
		change_tell(&p->teller, removed->items[i].region,
			removed->items[i].image_id, "removed, with %zu snapshot%s",
			removed->items[i].deleted.count,
			plural_s(removed->items[i].deleted.count));
}

/* A family's older images in the region. */
static int prune(struct publication *p, struct place *place, struct error *err)
{
	const struct publish_spec *spec = p->spec;
	struct remove_spec remove = {
		.session = spec->session,
		.family = ec2_tag_value(&p->source.image->tags, RUN_TAG_FAMILY),
		.keep = spec->wish->keep,
		.kept_image = place->copy.image_id,
		.how.is_dry_run = p->teller.is_dry_run,
	};
	CLEANUP(removed_releasep) struct removed removed = { 0 };

	if (!remove.keep)
		return 0;
	if (publish_would_make(&place->copy, &p->teller))
		return publish_foresee_pruning(
			&place->copy, remove.family, remove.keep, &p->teller, err);
	remove.session.region = region_of(place);
	if (remove_images(&remove, p->progress, &removed, err) < 0)
		return error_context(err, "remove the family's older images");
	place->is_changed |= removed.count > 0;
	tell_removed(p, &removed);
	return 0;
}

typedef int step_fn(struct publication *p, struct place *place, struct error *err);

/* Most messages name it. */
static int name_region(const struct place *place, struct error *err)
{
	return strstr(err->msg, region_of(place))
		       ? -1
		       : error_context(err, "%s", region_of(place));
}

/* The failure of a region that is required is told in the end. */
static int fail(
	struct publication *p, struct place *place, bool goes_on, struct error *err)
{
	if (err->code == ERR_INTERRUPTED)
		return -1;
	(void)name_region(place, err);
	if (place->is_required && !goes_on)
		return -1;
	place->failure = xmemdup(err, sizeof(*err));
	if (!place->is_required)
		progress_warning(p->progress, "%s", err->msg);
	return 0;
}

/*
 * A step in each region that has not failed before. `goes_on`: also after a region that
 * is required has failed. -1 for what ends all of it.
 */
static int in_each(struct publication *p, step_fn *step, bool goes_on, struct error *err)
{
	for (size_t i = 0; i < p->count; i++) {
		struct place *place = &p->places[i];

		if (place->failure || step(p, place, err) == 0)
			continue;
		if (fail(p, place, goes_on, err) < 0)
			return -1;
	}
	return 0;
}

/* While EC2 copies to the others. */
static int send_all(struct publication *p, struct error *err)
{
	size_t count, at = 0;
	CLEANUP(freep) struct image_copy **copies = copies_of(p, &count);
	CLEANUP(freep) struct error *errors = xcalloc(p->count, sizeof(*errors));

	if (publish_send(&p->sending, copies, count, errors, err) < 0)
		return -1;
	for (size_t i = 0; i < p->count; i++) {
		struct place *place = &p->places[i];

		if (at == count || copies[at] != &place->copy)
			continue;
		*err = errors[at++];
		if (err->code != ERR_NONE && fail(p, place, true, err) < 0)
			return -1;
	}
	return 0;
}

static bool may_succeed_later(const struct error *err)
{
	return err->code == ERR_INTERRUPTED || err->code == ERR_TIMEOUT ||
	       service_error_is_throttling(err) ||
	       (err->code == ERR_FETCH && !service_error_is_refusal(err));
}

/* The required regions that have failed, but for the one that is the command's error. */
static void warn_of_failures(const struct publication *p, const struct place *but)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->places[i].failure && p->places[i].is_required &&
			&p->places[i] != but)
			progress_warning(p->progress, "%s", p->places[i].failure->msg);
}

/* What ends all of it. */
static int stop(const struct publication *p, struct error *err)
{
	warn_of_failures(p, NULL);
	if (may_succeed_later(err) && !p->teller.is_dry_run)
		return error_context(err, "the same command goes on");
	return -1;
}

static int judge(const struct publication *p, struct error *err)
{
	const struct place *failed = NULL;
	bool goes_on = !p->teller.is_dry_run;
	size_t good = 0;

	for (size_t i = 0; i < p->count; i++) {
		const struct place *place = &p->places[i];

		good += !place->failure;
		if (!place->failure || !place->is_required)
			continue;
		goes_on &= may_succeed_later(place->failure);
		if (!failed)
			failed = place;
	}
	if (!failed)
		return 0;
	warn_of_failures(p, failed);
	*err = *failed->failure;
	return error_context(err, "%s in %zu of %zu region%s%s",
		p->teller.is_dry_run ? "would be published" : "published", good, p->count,
		plural_s(p->count), goes_on ? "; the same command goes on" : "");
}

static void fill_result(struct publication *p, struct publish_result *ret)
{
	const struct ec2_image *image = p->source.image;

	ret->name = image->name ? xstrdup(image->name) : NULL;
	ret->architecture = image->architecture ? xstrdup(image->architecture) : NULL;
	ret->boot_mode = image->boot_mode ? xstrdup(image->boot_mode) : NULL;
	ret->regions = xcalloc(p->count, sizeof(*ret->regions));
	ret->count = p->count;
	ret->is_dry_run = p->teller.is_dry_run;
	ret->estimate = p->estimate;
	for (size_t i = 0; i < p->count; i++) {
		struct place *place = &p->places[i];

		ret->regions[i] = (struct published){
			.region = xstrdup(region_of(place)),
			.snapshots = place->copy.snapshots,
			.existing = place->copy.was_there,
			.changed = place->is_changed,
			.sent = place->copy.is_sent && !place->copy.was_there,
			.error = place->failure ? xstrdup(place->failure->msg) : NULL,
		};
		place->copy.snapshots = (struct strv)STRV_INIT;
		ret->regions[i].image_id = TAKE_PTR(place->copy.image_id);
		ret->regions[i].run_id = TAKE_PTR(place->copy.run_id);
	}
}

static int open_all(struct publication *p, struct error *err)
{
	if (image_reference_check(p->spec->image, err) < 0 ||
		publish_wish_check(p->spec->wish, err) < 0 ||
		aws_session_open(&p->spec->session, &p->session, err) < 0)
		return -1;
	if (image_reference_resolve(
		    &p->session, p->spec->image, p->progress, &p->image_id, err) < 0 ||
		aws_session_client(&p->session, AWS_EC2, 0, &p->home, err) < 0)
		return -1;
	return add_places(p, err);
}

static uint64_t phase_end(struct publication *p, const char *name, uint64_t begin_ms)
{
	const uint64_t took_ms = clock_now_ms() - begin_ms;

	progress_phase_end(p->progress, name, took_ms);
	return took_ms;
}

static int bring(struct publication *p, struct error *err)
{
	progress_phase(p->progress, "copy", "Bring the image to the regions");
	if (in_each(p, begin, true, err) < 0 ||
		(!p->teller.is_dry_run && send_all(p, err) < 0) ||
		in_each(p, wait_for, true, err) < 0)
		return stop(p, err);
	return 0;
}

static int settle_all(struct publication *p, struct error *err)
{
	progress_phase(p->progress, "publish", "Set who may use it, and until when");
	if (in_each(p, settle, true, err) < 0 || in_each(p, prune, true, err) < 0)
		return stop(p, err);
	return 0;
}

int publish_image(const struct publish_spec *spec, struct progress *progress,
	struct publish_result *ret, struct error *err)
{
	CLEANUP(publication_releasep)
	struct publication p = { .spec = spec,
		.progress = progress,
		.teller = { progress, spec->is_dry_run } };
	uint64_t begin_ms = clock_now_ms(), check_ms, copy_ms;
	int rc;

	if (open_all(&p, err) < 0)
		return -1;
	progress_phase(progress, "check", "Look at the image and at each region");
	if (strcmp(p.image_id, spec->image) != 0)
		progress_step(progress, "%s is %s", spec->image, p.image_id);
	if (find_source(&p, err) < 0 || in_each(&p, look, false, err) < 0 ||
		choose_way(&p, err) < 0)
		return -1;
	check_ms = phase_end(&p, "check", begin_ms);
	begin_ms = clock_now_ms();
	if (bring(&p, err) < 0)
		return -1;
	copy_ms = phase_end(&p, "copy", begin_ms);
	begin_ms = clock_now_ms();
	if (settle_all(&p, err) < 0)
		return -1;
	rc = judge(&p, err);
	fill_result(&p, ret);
	ret->check_ms = check_ms;
	ret->copy_ms = copy_ms;
	ret->publish_ms = phase_end(&p, "publish", begin_ms);
	if (rc == 0)
		run_mention_dead(progress);
	return rc;
}
