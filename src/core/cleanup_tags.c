/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/cleanup_tags.h"

#include <string.h>

#include "aws/service_error.h"
#include "aws/timestamp.h"
#include "base/cleanup.h"
#include "core/image.h"
#include "core/made.h"
#include "core/run_tags.h"

/* What has no time, or one of the future, is not old. The times are the service's, and
 * this machine's clock may be wrong by more than a living run is old. */
static bool is_old(const struct aws_client *ec2, const char *iso, uint64_t older_than_s)
{
	const int64_t now = aws_client_time(ec2);
	int64_t at;

	return iso && timestamp_parse(iso, &at) && at <= now &&
	       (uint64_t)(now - at) >= older_than_s;
}

static bool is_chosen(const struct aws_client *ec2, const struct cleanup_choice *c,
	const char *run_id, const char *made_at)
{
	if (c->run_id)
		return !strcmp(run_id, c->run_id);
	return is_old(ec2, made_at, c->older_than_s) && c->is_dead(run_id, c->userdata);
}

/* Of `filters`, the first is the run's. */
static struct ec2_filter run_filter(const struct cleanup_choice *c, const char **value)
{
	static const char *const key = RUN_TAG_ID;

	*value = c->run_id;
	if (c->run_id)
		return (struct ec2_filter){ "tag:" RUN_TAG_ID, { value, 1 } };
	return (struct ec2_filter){ "tag-key", { &key, 1 } };
}

int cleanup_leave(const struct aws_client *ec2, const char *id, const char *run_id,
	struct progress *p, struct cleaned *ret, const struct error *err)
{
	const char *region = aws_client_region(ec2);

	if (!service_error_is_refusal(err))
		return -1;
	progress_warning(
		p, "%s in %s, of run %s, stays: %s", id, region, run_id, err->msg);
	cleaned_add(&ret->left, id, region, run_id);
	return 0;
}

static int clean_image(struct aws_client *ec2, const struct ec2_image *image,
	const char *run_id, bool is_dry_run, struct progress *p, struct cleaned *ret,
	struct error *err)
{
	const char *id = image->image_id;
	const uint64_t made_at_ms = made_at_text(ec2, image->creation_date);

	if (!is_dry_run &&
		image_deregister(ec2, id, made_at_ms, EC2_CALL_MS, NULL, err) < 0)
		return cleanup_leave(ec2, id, run_id, p, ret, err);
	cleaned_add(&ret->removed, id, aws_client_region(ec2), run_id);
	return 0;
}

static int clean_images(struct aws_client *ec2, const struct cleanup_choice *choice,
	bool is_dry_run, struct progress *p, struct cleaned *ret, struct error *err)
{
	const char *region = aws_client_region(ec2);
	static const char *const unfinished = RUN_STATE_UNFINISHED;
	const char *value;
	const struct ec2_filter filters[] = {
		run_filter(choice, &value),
		{ "tag:" RUN_TAG_STATE, { &unfinished, 1 } },
	};
	CLEANUP(ec2_list_releasep) struct ec2_list found = { 0 };

	if (ec2_images_find(ec2, filters, ARRAY_SIZE(filters), &found, err) < 0)
		return error_context(err, "look for images that were left");
	for (size_t i = 0; i < found.count; i++) {
		const struct ec2_image *image = ec2_image_at(&found, i);
		const char *run_id;

		if (!image_is_there(image) || !image_is_ours(image) ||
			!image_is_unfinished(image, &run_id) ||
			!is_chosen(ec2, choice, run_id, image->creation_date) ||
			cleaned_has(&ret->left, image->image_id, region))
			continue;
		if (clean_image(ec2, image, run_id, is_dry_run, p, ret, err) < 0)
			return -1;
	}
	return 0;
}

/* A snapshot that is completed and says nothing of a state is somebody's upload. */
static bool is_left(const struct ec2_snapshot *s)
{
	const char *state = ec2_tag_value(&s->tags, RUN_TAG_STATE);

	if (state)
		return !strcmp(state, RUN_STATE_UNFINISHED);
	return s->state && (!strcmp(s->state, "pending") || !strcmp(s->state, "error"));
}

static int clean_snapshot(struct aws_client *ec2, const struct ec2_snapshot *s,
	const char *run_id, bool is_dry_run, struct progress *p, struct cleaned *ret,
	struct error *err)
{
	const char *id = s->snapshot_id;
	const uint64_t made_at_ms = made_at_text(ec2, s->start_time);
	bool in_use = false;

	if (!is_dry_run && image_delete_snapshot(ec2, id, made_at_ms, &in_use, err) < 0)
		return cleanup_leave(ec2, id, run_id, p, ret, err);
	if (!in_use)
		cleaned_add(&ret->removed, id, aws_client_region(ec2), run_id);
	return 0;
}

static int clean_snapshots(struct aws_client *ec2, const struct cleanup_choice *choice,
	bool is_dry_run, struct progress *p, struct cleaned *ret, struct error *err)
{
	const char *region = aws_client_region(ec2);
	const char *value;
	const struct ec2_filter filter = run_filter(choice, &value);
	CLEANUP(ec2_list_releasep) struct ec2_list found = { 0 };

	if (ec2_snapshots_find(ec2, &filter, 1, &found, err) < 0)
		return error_context(err, "look for snapshots that were left");
	for (size_t i = 0; i < found.count; i++) {
		const struct ec2_snapshot *s = ec2_snapshot_at(&found, i);
		const char *run_id = ec2_tag_value(&s->tags, RUN_TAG_ID);

		if (!s->snapshot_id || !run_id || !is_left(s) ||
			!is_chosen(ec2, choice, run_id, s->start_time) ||
			cleaned_has(&ret->left, s->snapshot_id, region))
			continue;
		if (clean_snapshot(ec2, s, run_id, is_dry_run, p, ret, err) < 0)
			return -1;
	}
	return 0;
}

int cleanup_tags(struct aws_client *ec2, const struct cleanup_choice *choice,
	bool is_dry_run, struct progress *p, struct cleaned *ret, struct error *err)
{
	if (clean_images(ec2, choice, is_dry_run, p, ret, err) < 0)
		return -1;
	return clean_snapshots(ec2, choice, is_dry_run, p, ret, err);
}
