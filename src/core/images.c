/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/images.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "aws/timestamp.h"
#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/size.h"
#include "base/strv.h"
#include "core/image.h"
#include "core/image_family.h"
#include "core/run_tags.h"

enum { FILTER_VALUES_MOST = 200 }; /* that a request may have */

void images_release(struct images *i)
{
	ec2_list_release(&i->list);
	free(i->stored_bytes);
	free(i->region);
	*i = (struct images){ 0 };
}

static const char *text(const char *t)
{
	return t ? t : "";
}

/* What a snapshot of the list takes is added to the images that are made of it. */
static void add_stored(struct images *i, const struct ec2_list *snapshots)
{
	for (size_t s = 0; s < snapshots->count; s++) {
		const struct ec2_snapshot *snapshot = ec2_snapshot_at(snapshots, s);

		for (size_t n = 0; n < i->list.count; n++) {
			const struct ec2_image *image = ec2_image_at(&i->list, n);

			for (size_t d = 0; d < image->block_devices.count; d++)
				if (!strcmp(text(ec2_image_device(image, d)
							    ->ebs.snapshot_id),
					    text(snapshot->snapshot_id)))
					i->stored_bytes[n] +=
						snapshot->full_size_bytes.value;
		}
	}
}

static void collect_snapshots(const struct ec2_list *images, struct strv *ret)
{
	for (size_t i = 0; i < images->count; i++) {
		const struct ec2_image *image = ec2_image_at(images, i);

		for (size_t d = 0; d < image->block_devices.count; d++) {
			const char *id = ec2_image_device(image, d)->ebs.snapshot_id;

			if (id && *id && !strv_contains(ret, id))
				strv_add(ret, id);
		}
	}
}

static int find_stored(struct aws_client *ec2, struct images *i, struct error *err)
{
	CLEANUP(strv_releasep) struct strv ids = STRV_INIT;

	i->stored_bytes = xcalloc(i->list.count + 1, sizeof(*i->stored_bytes));
	collect_snapshots(&i->list, &ids);
	for (size_t at = 0; at < ids.count; at += FILTER_VALUES_MOST) {
		const size_t left = ids.count - at;
		const struct ec2_filter filter = { "snapshot-id",
			{ ids.items + at,
				left < FILTER_VALUES_MOST ? left : FILTER_VALUES_MOST } };
		CLEANUP(ec2_list_releasep) struct ec2_list found = { 0 };

		if (ec2_snapshots_find(ec2, &filter, 1, &found, err) < 0)
			return error_context(err, "look at the images' snapshots");
		add_stored(i, &found);
	}
	return 0;
}

static int find_images(struct aws_client *ec2, const struct images_spec *spec,
	struct ec2_list *ret, struct error *err)
{
	static const char *const ours = RUN_TAG_ID;
	struct ec2_filter filters[2];
	size_t count = 0;

	if (!spec->shows_all)
		filters[count++] = (struct ec2_filter){ "tag-key", { &ours, 1 } };
	if (spec->family)
		filters[count++] = (struct ec2_filter){ "tag:" RUN_TAG_FAMILY,
			{ &spec->family, 1 } };
	if (ec2_images_find(ec2, filters, count, ret, err) < 0)
		return error_context(err, "list the images");
	image_list_sort(ret);
	return 0;
}

int images_list(const struct images_spec *spec, struct images *ret, struct error *err)
{
	CLEANUP(aws_session_releasep) struct aws_session session = { 0 };
	CLEANUP(aws_client_freep) struct aws_client *ec2 = NULL;
	CLEANUP(images_releasep) struct images i = { 0 };

	if (aws_session_open(&spec->session, &session, err) < 0 ||
		aws_session_client(&session, AWS_EC2, 0, &ec2, err) < 0 ||
		find_images(ec2, spec, &i.list, err) < 0 || find_stored(ec2, &i, err) < 0)
		return -1;
	i.region = xstrdup(session.region);
	*ret = i;
	i = (struct images){ 0 };
	return 0;
}

uint64_t image_volume_gib(const struct ec2_image *image)
{
	uint64_t sum = 0;

	for (size_t d = 0; d < image->block_devices.count; d++)
		sum += ec2_image_device(image, d)->ebs.volume_size_gib.value;
	return sum;
}

static void add_snapshots(const struct ec2_image *image, struct json *j)
{
	json_array_begin(j, "snapshots");
	for (size_t d = 0; d < image->block_devices.count; d++)
		if (ec2_image_device(image, d)->ebs.snapshot_id)
			json_add_string(
				j, NULL, ec2_image_device(image, d)->ebs.snapshot_id);
	json_array_end(j);
}

static void add_image(const struct images *i, size_t at, struct json *j)
{
	const struct ec2_image *image = ec2_image_at(&i->list, at);

	json_object_begin(j, NULL);
	json_add_string(j, "image_id", image->image_id);
	json_add_string(j, "name", image->name);
	json_add_string(j, "region", i->region);
	json_add_string(j, "state", image->state);
	json_add_string(j, "created", image->creation_date);
	json_add_string(j, "architecture", image->architecture);
	json_add_string(j, "boot_mode", image->boot_mode);
	json_add_uint(j, "volume_size_gib", image_volume_gib(image));
	if (i->stored_bytes[at])
		json_add_uint(j, "stored_bytes", i->stored_bytes[at]);
	else
		json_add_null(j, "stored_bytes");
	add_snapshots(image, j);
	json_add_bool(j, "public", image->is_public == SHAPE_TRUE);
	json_add_string(j, "family", ec2_tag_value(&image->tags, RUN_TAG_FAMILY));
	json_add_string(j, "source", ec2_tag_value(&image->tags, RUN_TAG_SOURCE));
	json_add_string(j, "run_id", ec2_tag_value(&image->tags, RUN_TAG_ID));
	json_add_bool(j, "unfinished", image_is_unfinished(image, NULL));
	json_object_end(j);
}

void images_json(const struct images *i, struct json *j)
{
	for (size_t at = 0; at < i->list.count; at++)
		add_image(i, at, j);
}

/* "3 d", "17 h", "5 min": the greatest unit of which there are two, or minutes. */
static void add_age(const char *created, int64_t now_s, struct strbuf *to)
{
	int64_t at, age;
	char shown[32];

	if (!created || !timestamp_parse(created, &at) || at > now_s) {
		strbuf_addf(to, "%8s", "?");
		return;
	}
	age = now_s - at;
	if (age >= 2 * 86400)
		(void)snprintf(shown, sizeof(shown), "%" PRId64 " d", age / 86400);
	else if (age >= 2 * 3600)
		(void)snprintf(shown, sizeof(shown), "%" PRId64 " h", age / 3600);
	else
		(void)snprintf(shown, sizeof(shown), "%" PRId64 " min", age / 60);
	strbuf_addf(to, "%8s", shown);
}

void images_text(const struct images *i, int64_t now_s, struct strbuf *to)
{
	for (size_t at = 0; at < i->list.count; at++) {
		const struct ec2_image *image = ec2_image_at(&i->list, at);
		char size[16];

		strbuf_addf(to, "%-21s  %-11s", text(image->image_id),
			image_is_unfinished(image, NULL) ? "unfinished"
							 : text(image->state));
		add_age(image->creation_date, now_s, to);
		strbuf_addf(to, "  %9s  %-14s  %-6s  %s\n",
			size_format(i->stored_bytes[at] ? i->stored_bytes[at]
							: image_volume_gib(image) * GIB,
				size),
			i->region, text(image->architecture), text(image->name));
	}
}
