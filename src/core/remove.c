/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/remove.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/words.h"
#include "core/image.h"
#include "core/image_copies.h"
#include "core/image_family.h"
#include "core/image_state.h"
#include "core/made.h"
#include "core/run_begin.h"
#include "core/run_tags.h"

/* Whether another image of this account is made of the snapshot. */
static int is_shared(struct aws_client *ec2, const char *snapshot_id,
	const char *image_id, bool *ret, struct error *err)
{
	const struct ec2_filter filter = { "block-device-mapping.snapshot-id",
		{ &snapshot_id, 1 } };
	CLEANUP(ec2_list_releasep) struct ec2_list users = { 0 };

	if (ec2_images_find(ec2, &filter, 1, &users, err) < 0)
		return error_context(err, "look for images made of %s", snapshot_id);
	*ret = false;
	for (size_t i = 0; i < users.count; i++)
		*ret |= image_is_there(ec2_image_at(&users, i)) &&
			strcmp(ec2_image_at(&users, i)->image_id, image_id) != 0;
	return 0;
}

/* Which snapshots go with the image, and which stay. */
static int sort_snapshots(struct aws_client *ec2, const struct ec2_image *image,
	const struct remove_how *how, struct removed_image *r, struct error *err)
{
	for (size_t i = 0; i < image->block_devices.count; i++) {
		const char *id = ec2_image_device(image, i)->ebs.snapshot_id;
		bool stays = how->keeps_snapshots;

		if (!id || !ec2_id_is_valid(id, "snap-") ||
			strv_contains(&r->deleted, id) || strv_contains(&r->kept, id))
			continue;
		stays |= how->spared && !strcmp(id, how->spared);
		if (!stays && is_shared(ec2, id, image->image_id, &stays, err) < 0)
			return -1;
		strv_add(stays ? &r->kept : &r->deleted, id);
	}
	return 0;
}

/* All of it, before the first call that changes something. Of a copy also what it is one
 * of: who asks for that again finds what is left of the copy. */
static int note_removal(
	struct run_journal *j, const struct removed_image *r, struct error *err)
{
	if ((r->copy_of && run_journal_note(j, RUN_REMOVES, r->copy_of, err) < 0) ||
		run_journal_note(j, RUN_REMOVES, r->image_id, err) < 0)
		return -1;
	for (size_t i = 0; i < r->deleted.count; i++)
		if (run_journal_note(j, RUN_REMOVES, r->deleted.items[i], err) < 0)
			return -1;
	return 0;
}

/* One that came into use meanwhile stays. */
static int delete_snapshots(struct aws_client *ec2, struct removed_image *r,
	uint64_t made_at_ms, struct error *err)
{
	struct strv deleted = STRV_INIT;
	int rc = 0;

	for (size_t i = 0; i < r->deleted.count && rc == 0; i++) {
		bool in_use = false;

		rc = image_delete_snapshot(
			ec2, r->deleted.items[i], made_at_ms, &in_use, err);
		if (rc == 0)
			strv_add(in_use ? &r->kept : &deleted, r->deleted.items[i]);
	}
	strv_release(&r->deleted);
	r->deleted = deleted;
	return rc;
}

int remove_one(struct aws_client *ec2, const struct ec2_image *image,
	const struct remove_how *how, struct run_journal *journal, struct removed *ret,
	struct progress *p, struct error *err)
{
	/* Its snapshots are not younger. */
	const uint64_t made_at_ms = made_at_text(ec2, image->creation_date);
	struct removed_image *r =
		removed_add(ret, ec2, image->image_id, image->name, how->copy_of);
	bool is_refused = false;

	if (sort_snapshots(ec2, image, how, r, err) < 0)
		return -1;
	if (how->is_dry_run)
		return 0;
	if (note_removal(journal, r, err) < 0)
		return -1;
	progress_step(p, "remove %s '%s' in %s with %zu snapshot%s", image->image_id,
		image->name ? image->name : "", r->region, r->deleted.count,
		plural_s(r->deleted.count));
	if (image_deregister(ec2, image->image_id, made_at_ms, EC2_CALL_MS, &is_refused,
		    err) < 0) {
		r->is_half = !is_refused;
		return -1;
	}
	r->is_half = delete_snapshots(ec2, r, made_at_ms, err) < 0;
	return r->is_half ? -1 : 0;
}

int remove_rest(struct aws_client *ec2, const struct run_past *past, bool is_dry_run,
	remove_failed_fn *failed, void *userdata, struct strv *ret_ids, struct error *err)
{
	bool image_is_gone = false; /* that of the snapshots that follow */

	for (size_t i = 0; i < past->count; i++) {
		const char *id = past->deeds[i].what;
		const bool is_image = ec2_id_is_valid(id, "ami-");
		CLEANUP(ec2_list_releasep) struct ec2_list found = { 0 };
		bool in_use = false;

		if (past->deeds[i].act != RUN_REMOVES)
			continue;
		if (is_image) {
			if (ec2_image_find(ec2, id, 0, &found, err) < 0)
				return -1;
			image_is_gone =
				!found.count || !image_is_there(ec2_image_at(&found, 0));
			continue;
		}
		if (!image_is_gone || !ec2_id_is_valid(id, "snap-"))
			continue;
		if (ec2_snapshot_find(ec2, id, 0, &found, err) < 0)
			return -1;
		if (!found.count)
			continue;
		if (!is_dry_run && image_delete_snapshot(ec2, id, 0, &in_use, err) < 0) {
			if (!failed || failed(id, userdata, err) < 0)
				return -1;
		} else if (!in_use) {
			strv_add(ret_ids, id);
		}
	}
	return 0;
}

/* One removal of several images while it goes on. */
struct removal {
	const struct remove_spec *spec;
	struct progress *progress;
	struct aws_session session;
	struct aws_client *ec2;
	struct run_journal *journal;
	struct ec2_list *found; /* a list of one image, or of a family */
	size_t found_count;
	struct image_copies copies;
};

static void removal_releasep(struct removal *r)
{
	for (size_t i = 0; i < r->found_count; i++)
		ec2_list_release(&r->found[i]);
	free(r->found);
	r->journal = run_journal_free(r->journal);
	image_copies_release(&r->copies);
	r->ec2 = aws_client_free(r->ec2);
	aws_session_release(&r->session);
}

/* The image that was to go: `what` is its id, or of what it is a copy. Or NULL. */
static const char *find_removal(const struct run_past *past, const char *what)
{
	bool found = false;

	for (size_t i = 0; i < past->count; i++) {
		found |= past->deeds[i].act == RUN_REMOVES &&
			 !strcmp(past->deeds[i].what, what);
		if (found && ec2_id_is_valid(past->deeds[i].what, "ami-"))
			return past->deeds[i].what;
	}
	return NULL;
}

/*
 * An image that is gone: a removal that was killed may have left its snapshots, which go
 * or stay, as those of one that is there. Its journal stays for `cleanup`, which looks at
 * more than the region. What is done is appended to *ret, which gets the image's id when
 * it has none.
 */
static int finish_killed(struct aws_client *ec2, const char *what,
	const struct remove_how *how, struct removed_image *ret, struct error *err)
{
	struct strv *ret_snapshots = how->keeps_snapshots ? &ret->kept : &ret->deleted;
	CLEANUP(strv_releasep) struct strv runs = STRV_INIT;

	if (run_journal_list(&runs, err) < 0)
		return -1;
	for (size_t i = 0; i < runs.count; i++) {
		CLEANUP(run_journal_freep) struct run_journal *j = NULL;
		const struct run_past *past;
		const char *id;
		bool is_alive;

		if (run_journal_take(runs.items[i], &j, &is_alive, err) < 0)
			return -1;
		if (!j)
			continue;
		past = run_journal_past(j);
		id = find_removal(past, what);
		if (!id || strcmp(past->command, "remove") != 0 ||
			strcmp(past->region, aws_client_region(ec2)) != 0)
			continue;
		if (remove_rest(ec2, past, how->is_dry_run || how->keeps_snapshots, NULL,
			    NULL, ret_snapshots, err) < 0)
			return -1;
		if (!ret->image_id)
			ret->image_id = xstrdup(id);
	}
	return 0;
}

static char *source_name(const struct removal *r, const char *id)
{
	return xasprintf("%s/%s", r->session.region, id);
}

static int find_copies(struct removal *r, struct error *err)
{
	const struct remove_spec *spec = r->spec;
	CLEANUP(strv_releasep) struct strv names = STRV_INIT;

	if (!spec->with_copies || spec->family)
		return 0;
	for (size_t i = 0; i < spec->image_count; i++)
		strv_take(&names, source_name(r, spec->image_ids[i]));
	if (image_copies_find(&r->session, &names, r->progress, &r->copies, err) < 0)
		return error_context(err, "look for copies in other regions, which "
					  "--keep-copies leaves alone");
	return 0;
}

/* The one that is kept, and what is protected: nobody has named it. */
static void drop_staying(struct removal *r, struct ec2_list *l)
{
	const char *kept_image = r->spec->kept_image;
	struct error why = ERROR_INIT;
	size_t kept = 0;

	for (size_t i = 0; i < l->count; i++) {
		const struct ec2_image *image = ec2_image_at(l, i);

		if (kept_image && !strcmp(kept_image, image->image_id))
			continue;
		if (image_state_check_removable(r->ec2, image, &why) == 0)
			l->items[kept++] = image;
		else
			progress_warning(
				r->progress, "an older image stays: %s", why.msg);
	}
	l->count = kept;
}

/* Where an image is kept, the family is known to be there. */
static void tell_nothing_old(const struct removal *r, size_t all)
{
	const struct remove_spec *spec = r->spec;

	if (spec->kept_image || r->found->count)
		return;
	if (all)
		progress_step(r->progress,
			"the family '%s' has %zu image%s in %s, and none is too old",
			spec->family, all, plural_s(all), r->session.region);
	else
		progress_step(r->progress, "there is no image of the family '%s' in %s",
			spec->family, r->session.region);
}

static int find_family(struct removal *r, struct error *err)
{
	const struct remove_spec *spec = r->spec;
	size_t all;

	if (image_family_find(r->ec2, spec->family, r->found, err) < 0)
		return -1;
	all = r->found->count;
	image_list_drop_newest(r->found, spec->keep);
	tell_nothing_old(r, all);
	drop_staying(r, r->found);
	return 0;
}

static int find_images(struct removal *r, struct error *err)
{
	const struct remove_spec *spec = r->spec;

	r->found_count = spec->family ? 1 : spec->image_count;
	r->found = xcalloc(r->found_count + 1, sizeof(*r->found));
	if (spec->family)
		return find_family(r, err);
	for (size_t i = 0; i < spec->image_count; i++)
		if (ec2_image_find(r->ec2, spec->image_ids[i], 0, &r->found[i], err) < 0)
			return -1;
	return 0;
}

/* What a killed removal has left of the copies of one image. */
static int finish_copies(struct removal *r, struct aws_client *ec2, const char *id,
	const struct remove_how *how, struct removed *ret, struct error *err)
{
	CLEANUP(freep) char *source = source_name(r, id);
	CLEANUP(removed_image_release) struct removed_image rest = { 0 };
	struct removed_image *gone;

	if (finish_killed(ec2, source, how, &rest, err) < 0)
		return -1;
	if (!rest.deleted.count && !rest.kept.count)
		return 0;
	gone = removed_add(ret, ec2, rest.image_id, NULL, source);
	gone->was_gone = true;
	gone->deleted = rest.deleted;
	gone->kept = rest.kept;
	rest.deleted = rest.kept = (struct strv)STRV_INIT;
	return 0;
}

static int check_list(
	const struct aws_client *ec2, const struct ec2_list *l, struct error *err)
{
	for (size_t i = 0; i < l->count; i++)
		if (image_is_there(ec2_image_at(l, i)) &&
			image_state_check_removable(ec2, ec2_image_at(l, i), err) < 0)
			return -1;
	return 0;
}

/* Whether any is protected that was named, before the first one goes. */
static int check_protection(const struct removal *r, struct error *err)
{
	for (size_t i = 0; i < r->found_count; i++)
		if (check_list(r->ec2, &r->found[i], err) < 0)
			return -1;
	for (size_t i = 0; i < r->copies.count; i++)
		if (check_list(r->copies.places[i].ec2, &r->copies.places[i].found, err) <
			0)
			return error_context(err, "--keep-copies leaves the copies");
	return 0;
}

/* It stays when something of it is not done, and then `cleanup` goes after that. */
static int end_journal(struct run_journal *journal, int rc, const struct removed *done,
	struct error *err)
{
	struct error ignored = ERROR_INIT;

	if (!journal)
		return rc;
	if (rc == 0)
		return run_journal_end(journal, err);
	if (!removed_is_half(done))
		(void)run_journal_end(journal, &ignored);
	return -1;
}

static int remove_copies_found(struct removal *r, const struct image_copies_place *place,
	const struct remove_how *how, struct run_journal *journal, struct removed *ret,
	struct error *err)
{
	for (size_t i = 0; i < place->found.count; i++) {
		const struct ec2_image *image = ec2_image_at(&place->found, i);
		struct remove_how of_copy = *how;

		of_copy.copy_of = image_copies_source(image);
		if (remove_one(place->ec2, image, &of_copy, journal, ret, r->progress,
			    err) < 0)
			return -1;
	}
	return 0;
}

/* A removal is in one region: this has a journal of its own. */
static int remove_copies(struct removal *r, const struct image_copies_place *place,
	const struct remove_how *how, struct removed *ret, struct error *err)
{
	CLEANUP(run_journal_freep) struct run_journal *journal = NULL;
	int rc;

	for (size_t i = 0; i < r->spec->image_count; i++)
		if (finish_copies(r, place->ec2, r->spec->image_ids[i], how, ret, err) <
			0)
			return -1;
	if (!place->found.count)
		return 0;
	if (!how->is_dry_run &&
		run_begin("remove", &r->session, place->ec2, &journal, err) < 0)
		return -1;
	rc = remove_copies_found(r, place, how, journal, ret, err);
	return end_journal(journal, rc, ret, err);
}

/* Those of one list that are there; *ret_there is how many. */
static int remove_found(struct removal *r, const struct ec2_list *found,
	const struct remove_how *how, struct removed *ret, size_t *ret_there,
	struct error *err)
{
	*ret_there = 0;
	for (size_t i = 0; i < found->count; i++) {
		const struct ec2_image *image = ec2_image_at(found, i);

		if (!image_is_there(image))
			continue;
		++*ret_there;
		if (remove_one(r->ec2, image, how, r->journal, ret, r->progress, err) < 0)
			return -1;
	}
	return 0;
}

/* Those that were named, or are a family's. */
static int remove_all_found(struct removal *r, const struct remove_how *how,
	struct removed *ret, struct error *err)
{
	for (size_t l = 0; l < r->found_count; l++) {
		struct removed_image *gone;
		size_t there;

		if (remove_found(r, &r->found[l], how, ret, &there, err) < 0)
			return -1;
		if (there || r->spec->family)
			continue;
		gone = removed_add(ret, r->ec2, r->spec->image_ids[l], NULL, NULL);
		gone->was_gone = true;
		if (finish_killed(r->ec2, gone->image_id, how, gone, err) < 0)
			return -1;
	}
	return 0;
}

static int go_through(struct removal *r, const struct remove_how *how,
	struct removed *ret, struct error *err)
{
	int rc;

	for (size_t i = 0; i < r->copies.count; i++)
		if (remove_copies(r, &r->copies.places[i], how, ret, err) < 0)
			return error_context(
				err, "in %s", aws_client_region(r->copies.places[i].ec2));
	if (!how->is_dry_run &&
		run_begin("remove", &r->session, r->ec2, &r->journal, err) < 0)
		return -1;
	rc = remove_all_found(r, how, ret, err);
	return end_journal(r->journal, rc, ret, err);
}

static int check_spec(const struct remove_spec *spec, struct error *err)
{
	for (size_t i = 0; i < spec->image_count; i++) {
		if (!ec2_id_is_valid(spec->image_ids[i], "ami-"))
			return error_set(err, ERR_USAGE, 0,
				"'%s' is not an image id (ami-0123456789abcdef0)",
				spec->image_ids[i]);
		for (size_t k = 0; k < i; k++)
			if (!strcmp(spec->image_ids[k], spec->image_ids[i]))
				return error_set(err, ERR_USAGE, 0, "%s is given twice",
					spec->image_ids[i]);
	}
	return 0;
}

static bool removes_anything(const struct removed *would)
{
	for (size_t i = 0; i < would->count; i++)
		if (!would->items[i].was_gone || would->items[i].deleted.count)
			return true;
	return false;
}

int remove_images(const struct remove_spec *spec, struct progress *p, struct removed *ret,
	struct error *err)
{
	CLEANUP(removal_releasep) struct removal r = { .spec = spec, .progress = p };
	CLEANUP(removed_releasep) struct removed would = { 0 };
	struct remove_how dry = spec->how;

	dry.is_dry_run = true;
	if (check_spec(spec, err) < 0 ||
		aws_session_open(&spec->session, &r.session, err) < 0 ||
		aws_session_client(&r.session, AWS_EC2, 0, &r.ec2, err) < 0 ||
		find_images(&r, err) < 0 || find_copies(&r, err) < 0 ||
		check_protection(&r, err) < 0)
		return -1;
	if (spec->how.is_dry_run)
		return go_through(&r, &dry, ret, err);
	if (spec->confirm &&
		(go_through(&r, &dry, &would, err) < 0 ||
			(removes_anything(&would) &&
				spec->confirm(&would, spec->userdata, err) < 0)))
		return -1;
	return go_through(&r, &spec->how, ret, err);
}
