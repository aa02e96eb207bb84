/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/publish_settle.h"

#include "base/cleanup.h"
#include "core/image_moment.h"
#include "core/image_share.h"
#include "core/image_state.h"
#include "core/publish_foresee.h"
#include "core/publish_parameter.h"
#include "core/publish_wish.h"

/* Where a dry run has no image yet, the id is NULL. */
static const char *name_of(const struct ec2_image *image)
{
	return image->image_id ? image->image_id : "the copy";
}

static const char *region_of(const struct image_copy *copy)
{
	return aws_client_region(copy->ec2);
}

static int share_snapshots(const struct publish_settling *s,
	const struct image_copy *copy, bool *changed, struct error *err)
{
	static const struct strv nobody = STRV_INIT;
	const struct image_share share = { s->wish->share_snapshots ? &s->wish->share
								    : &nobody,
		s->wish->exact, s->teller };
	int rc = 0;

	if (publish_would_make(copy, s->teller))
		return image_share_snapshot(copy->ec2, NULL, 0, &share, err);
	for (size_t i = 0; rc >= 0 && i < copy->snapshots.count; i++) {
		rc = image_share_snapshot(copy->ec2, copy->snapshots.items[i],
			copy->made_at_ms, &share, err);
		*changed |= rc > 0;
	}
	return rc;
}

static int share(const struct publish_settling *s, const struct image_copy *copy,
	const char *id, bool *changed, struct error *err)
{
	const struct image_share launch = { s->holders, s->wish->exact, s->teller };
	const int rc = image_share_launch(copy->ec2, id, copy->made_at_ms, &launch, err);

	*changed |= rc > 0;
	return rc < 0 || share_snapshots(s, copy, changed, err) < 0 ? -1 : 0;
}

static int deprecate(const struct publish_settling *s, const struct image_copy *copy,
	const struct ec2_image *image, bool *changed, struct error *err)
{
	char text[IMAGE_MOMENT_CHARS + 1];
	int64_t at_s;
	int rc;

	if (publish_wish_moment(s->wish, s->source, &at_s, err) < 0)
		return -1;
	if (!at_s)
		return 0;
	rc = s->teller->is_dry_run ? !image_state_is_deprecated(image, at_s)
				   : image_state_deprecate(copy->ec2, image,
					     copy->made_at_ms, at_s, err);
	if (rc <= 0)
		return rc;
	*changed = true;
	image_moment_format(at_s, text);
	change_tell(s->teller, region_of(copy), name_of(image), "deprecated at %s", text);
	return 0;
}

static int protect(const struct publish_settling *s, const struct image_copy *copy,
	const struct ec2_image *image, bool *changed, struct error *err)
{
	const enum recipe_protect how = s->wish->protect;
	const int rc = s->teller->is_dry_run ? !image_state_is_protected(image, how)
					     : image_state_protect(copy->ec2, image,
						       copy->made_at_ms, how, err);

	if (rc <= 0)
		return rc;
	*changed = true;
	change_tell(s->teller, region_of(copy), name_of(image),
		"%sprotected from deregistration%s",
		how == RECIPE_PROTECT_NO ? "no longer " : "",
		how == RECIPE_PROTECT_COOLDOWN ? ", with a cooldown" : "");
	return 0;
}

static int set_parameter(const struct publish_settling *s, const struct image_copy *copy,
	const char *id, bool *changed, struct error *err)
{
	int rc;

	if (!s->wish->parameter)
		return 0;
	rc = publish_parameter_set(
		s->session, region_of(copy), s->wish->parameter, id, s->teller, err);
	*changed |= rc > 0;
	return rc < 0 ? -1 : 0;
}

/*
 * A copy is marked as finished when all that it has of its own is as it is wished; what
 * would keep a cleanup from removing it, or names it to others, comes after that.
 */
static int settle(const struct publish_settling *s, struct image_copy *copy,
	const struct ec2_image *image, bool *changed, struct error *err)
{
	const char *id = image->image_id;

	if (share(s, copy, id, changed, err) < 0 ||
		deprecate(s, copy, image, changed, err) < 0)
		return -1;
	if (!s->teller->is_dry_run &&
		(image_copy_finish(copy, err) < 0 ||
			(copy->journal && run_journal_end(copy->journal, err) < 0)))
		return -1;
	if (protect(s, copy, image, changed, err) < 0)
		return -1;
	return set_parameter(s, copy, id, changed, err);
}

int publish_settle(const struct publish_settling *s, struct image_copy *copy,
	bool *changed, struct error *err)
{
	static const struct ec2_image none = { 0 };
	CLEANUP(ec2_list_releasep) struct ec2_list found = { 0 };

	if (publish_would_make(copy, s->teller))
		return settle(s, copy, &none, changed, err);
	if (ec2_image_find(copy->ec2, copy->image_id, copy->made_at_ms, &found, err) < 0)
		return -1;
	if (!found.count)
		return error_set(err, ERR_FETCH, 0, "%s in %s is gone", copy->image_id,
			region_of(copy));
	return settle(s, copy, ec2_image_at(&found, 0), changed, err);
}
