/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/image.h"

#include <inttypes.h>
#include <string.h>

#include "aws/service_error.h"
#include "base/alloc.h"
#include "base/cleanup.h"
#include "core/run_past.h"
#include "core/run_tags.h"
#include "core/waiting.h"

bool image_is_there(const struct ec2_image *image)
{
	return image->image_id &&
	       !(image->state && !strcmp(image->state, "deregistered"));
}

bool image_is_unfinished(const struct ec2_image *image, const char **ret_run_id)
{
	const char *run_id = ec2_tag_value(&image->tags, RUN_TAG_ID);
	const char *state = ec2_tag_value(&image->tags, RUN_TAG_STATE);

	if (!run_id || !state || strcmp(state, RUN_STATE_UNFINISHED) != 0)
		return false;
	if (ret_run_id)
		*ret_run_id = run_id;
	return true;
}

static bool is_given(const char *text)
{
	return text && *text;
}

char *image_origin(const struct ec2_image *image)
{
	if (!is_given(image->source_image_id) || !is_given(image->source_image_region))
		return NULL;
	return xasprintf("%s/%s", image->source_image_region, image->source_image_id);
}

bool image_is_ours(const struct ec2_image *image)
{
	const char *run_id = ec2_tag_value(&image->tags, RUN_TAG_ID);
	const char *state = ec2_tag_value(&image->tags, RUN_TAG_STATE);
	const char *source = ec2_tag_value(&image->tags, RUN_TAG_SOURCE);
	CLEANUP(freep) char *origin = image_origin(image);

	if (!run_id || !run_id_is_valid(run_id) || !state ||
		(strcmp(state, RUN_STATE_FINISHED) != 0 &&
			strcmp(state, RUN_STATE_UNFINISHED) != 0))
		return false;
	return !origin || (source && !strcmp(source, origin));
}

const char *image_root_snapshot(const struct ec2_image *image)
{
	for (size_t i = 0; image->root_device_name && i < image->block_devices.count;
		i++) {
		const struct ec2_block_device *device = ec2_image_device(image, i);

		if (device->device_name &&
			!strcmp(device->device_name, image->root_device_name))
			return device->ebs.snapshot_id;
	}
	return NULL;
}

/* 1 when it is available, 0 when it may become so. */
static int judge(
	const char *id, const struct ec2_list *found, bool *ret_failed, struct error *err)
{
	const struct ec2_image *image = found->count ? ec2_image_at(found, 0) : NULL;
	const char *state = image && image->state ? image->state : "";
	const char *why = image ? image->state_reason.message : NULL;

	if (!image || !image_is_there(image)) {
		*ret_failed = true;
		return error_set(err, ERR_FETCH, 0,
			"%s is gone: it was removed, or it is another account's", id);
	}
	if (!strcmp(state, "available"))
		return 1;
	if (!strcmp(state, "pending") || !strcmp(state, "transient"))
		return 0;
	*ret_failed = true;
	return error_set(err, ERR_FETCH, 0, "%s is %s: %s", id,
		*state ? state : "in no state", why ? why : "the service says not why");
}

int image_wait(struct aws_client *ec2, const char *id, uint64_t made_at_ms,
	uint64_t most_s, bool *ret_failed, struct progress *p, struct error *err)
{
	struct waiting w;

	*ret_failed = false;
	waiting_begin(&w, most_s);
	for (;;) {
		CLEANUP(ec2_list_releasep) struct ec2_list found = { 0 };
		int rc = ec2_image_find(ec2, id, made_at_ms, &found, err);

		if (rc < 0 && !waiting_bears(&w, err))
			return -1;
		rc = rc < 0 ? 0 : judge(id, &found, ret_failed, err);
		if (rc)
			return rc < 0 ? -1 : 0;
		if (waiting_is_over(&w))
			return error_set(err, ERR_TIMEOUT, 0,
				"%s is not available after %" PRIu64 " s", id,
				waiting_waited_s(&w));
		progress_wait(
			p, "the image to be available", waiting_waited_s(&w), most_s);
		if (waiting_pause(&w, ec2, err) < 0)
			return -1;
	}
}

/* One call; the first id is the image's. */
static int add_tags(struct aws_client *ec2, const struct shape_list *ids,
	const struct shape_list *tags, uint64_t made_at_ms, struct error *err)
{
	const char *const *names = ids->items;
	const struct ec2_create_tags request = { .resource_ids = *ids, .tags = *tags };
	CLEANUP(aws_result_releasep) struct aws_result r = AWS_RESULT_INIT;

	if (ec2_call(ec2, &ec2_create_tags_action, &request, made_at_ms, &r, err) < 0)
		return error_context(err, "tag %s%s", names[0],
			ids->count > 1 ? " and what it is made of" : "");
	return 0;
}

int image_finish(struct aws_client *ec2, const char *id, const char *snapshot_id,
	const struct ec2_tag *tags, size_t tag_count, uint64_t made_at_ms,
	struct error *err)
{
	CLEANUP(freep) struct ec2_tag *all = xcalloc(tag_count + 1, sizeof(*all));
	const char *const ids[] = { id, snapshot_id };

	if (tag_count)
		memcpy(all, tags, tag_count * sizeof(*all));
	all[tag_count] = (struct ec2_tag){ RUN_TAG_STATE, RUN_STATE_FINISHED };
	return add_tags(ec2, &(struct shape_list){ ids, ARRAY_SIZE(ids) },
		&(struct shape_list){ all, tag_count + 1 }, made_at_ms, err);
}

int image_finish_all(struct aws_client *ec2, const struct strv *ids, uint64_t made_at_ms,
	struct error *err)
{
	static const struct ec2_tag finished = { RUN_TAG_STATE, RUN_STATE_FINISHED };

	return add_tags(ec2, &(struct shape_list){ ids->items, ids->count },
		&(struct shape_list){ &finished, 1 }, made_at_ms, err);
}

int image_deregister(struct aws_client *ec2, const char *id, uint64_t made_at_ms,
	uint64_t most_ms, bool *ret_refused, struct error *err)
{
	const struct ec2_deregister_image request = { .image_id = id };
	CLEANUP(aws_result_releasep) struct aws_result r = AWS_RESULT_INIT;

	if (ec2_call_within(ec2, &ec2_deregister_image_action, &request, made_at_ms,
		    most_ms, &r, err) == 0 ||
		ec2_is_gone(&r, "InvalidAMIID.NotFound", err) ||
		ec2_refused(&r, "InvalidAMIID.Unavailable"))
		return 0;
	if (ret_refused)
		*ret_refused = r.attempts == 1 && service_error_is_refusal(err);
	return error_context(err, "deregister %s", id);
}

int image_delete_snapshot(struct aws_client *ec2, const char *id, uint64_t made_at_ms,
	bool *ret_in_use, struct error *err)
{
	const struct ec2_delete_snapshot request = { .snapshot_id = id };
	CLEANUP(aws_result_releasep) struct aws_result r = AWS_RESULT_INIT;

	*ret_in_use = false;
	if (ec2_call(ec2, &ec2_delete_snapshot_action, &request, made_at_ms, &r, err) ==
			0 ||
		ec2_is_gone(&r, "InvalidSnapshot.NotFound", err))
		return 0;
	*ret_in_use = ec2_refused(&r, "InvalidSnapshot.InUse");
	return *ret_in_use ? 0 : error_context(err, "delete %s", id);
}
