/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/publish_result.h"

#include <stdlib.h>

void publish_result_release(struct publish_result *r)
{
	for (size_t i = 0; i < r->count; i++) {
		free(r->regions[i].region);
		free(r->regions[i].image_id);
		free(r->regions[i].run_id);
		free(r->regions[i].error);
		strv_release(&r->regions[i].snapshots);
	}
	free(r->regions);
	free(r->name);
	free(r->architecture);
	free(r->boot_mode);
	*r = (struct publish_result){ 0 };
}

/* NULL: nothing was made, or would be. */
static const char *way_of(const struct published *r, bool is_dry_run)
{
	if (r->existing || (!r->image_id && (!is_dry_run || r->error)))
		return NULL;
	return r->sent ? "send" : "copy";
}

static void add_region(const struct published *r, bool is_dry_run, struct json *j)
{
	json_object_begin(j, NULL);
	json_add_string(j, "region", r->region);
	json_add_string(j, "image_id", r->image_id);
	json_add_string(j, "run_id", r->run_id);
	json_array_begin(j, "snapshots");
	for (size_t i = 0; i < r->snapshots.count; i++)
		json_add_string(j, NULL, r->snapshots.items[i]);
	json_array_end(j);
	json_add_bool(j, "existing", r->existing);
	json_add_bool(j, "changed", r->changed);
	json_add_string(j, "way", way_of(r, is_dry_run));
	json_add_string(j, "error", r->error);
	json_object_end(j);
}

static void add_estimate(const struct pace_estimate *e, struct json *j)
{
	const struct pace_load *load = &e->load;

	if (!load->regions) {
		json_add_null(j, "estimate");
		return;
	}
	json_object_begin(j, "estimate");
	json_add_uint(j, "blocks", load->blocks);
	json_add_uint(j, "fetch_blocks", load->fetched_blocks);
	json_add_uint(j, "send_blocks", load->sent_blocks);
	json_add_uint(j, "regions", load->regions);
	json_add_uint(j, "copy_seconds", e->copy_s);
	json_add_uint(j, "send_seconds", e->send_s);
	json_object_end(j);
}

void publish_result_json(const struct publish_result *r, struct json *j)
{
	const struct published *home = &r->regions[0];
	bool changed = false;

	for (size_t i = 0; i < r->count; i++)
		changed |= r->regions[i].changed;
	json_add_string(j, "run_id", home->run_id);
	json_add_string(j, "region", home->region);
	json_add_string(j, "image_id", home->image_id);
	json_add_string(j, "snapshot_id",
		home->snapshots.count ? home->snapshots.items[0] : NULL);
	json_add_string(j, "name", r->name);
	json_add_string(j, "architecture", r->architecture);
	json_add_string(j, "boot_mode", r->boot_mode);
	json_add_bool(j, "dry_run", r->is_dry_run);
	json_add_bool(j, "changed", changed);
	json_array_begin(j, "regions");
	for (size_t i = 0; i < r->count; i++)
		add_region(&r->regions[i], r->is_dry_run, j);
	json_array_end(j);
	add_estimate(&r->estimate, j);
	json_object_begin(j, "seconds");
	json_add_seconds(j, "check", r->check_ms);
	json_add_seconds(j, "copy", r->copy_ms);
	json_add_seconds(j, "publish", r->publish_ms);
	json_object_end(j);
}

static const char *what_was_done(const struct published *r, bool is_dry_run)
{
	if (!r->existing && is_dry_run)
		return r->sent ? "would be sent" : "would be copied";
	if (!r->existing)
		return r->sent ? "sent" : "copied";
	if (is_dry_run)
		return r->changed ? "would be changed" : "as it is wished";
	return r->changed ? "changed" : "as it was";
}

void publish_result_text(const struct publish_result *r, struct strbuf *to)
{
	for (size_t i = 0; i < r->count; i++) {
		const struct published *region = &r->regions[i];

		if (region->error)
			strbuf_addf(to, "%-21s  %-14s  failed\n", "-", region->region);
		else
			strbuf_addf(to, "%-21s  %-14s  %s\n",
				region->image_id ? region->image_id : "-", region->region,
				what_was_done(region, r->is_dry_run));
	}
}
