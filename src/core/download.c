/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/download.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "core/download_part.h"
#include "core/snapshot_place.h"
#include "core/snapshot_read.h"
#include "disk/convert.h"

/* One download while it goes on. */
struct download {
	const struct download_spec *spec;
	struct snapshot_place at;
	struct block_list *list;
	struct download_part *part;
	struct download_result result;
};

static void download_releasep(struct download *d)
{
	download_result_release(&d->result);
	d->part = download_part_free(d->part);
	d->list = block_list_free(d->list);
	snapshot_place_release(&d->at);
}

void download_result_release(struct download_result *r)
{
	free(r->snapshot_id);
	free(r->region);
	free(r->path);
	*r = (struct download_result){ 0 };
}

static int check_spec(const struct download_spec *spec, struct error *err)
{
	if (!strcmp(spec->path, "-"))
		return error_set(err, ERR_USAGE, 0,
			"blocks come in any order: a download needs a file, not the "
			"standard output");
	if (image_format_of_name(spec->path) != IMAGE_RAW)
		return error_set(err, ERR_USAGE, 0,
			"'%s': a download is a raw disk; convert it afterwards: "
			"qemu-img convert",
			spec->path);
	return 0;
}

/* What is unfinished has another name, so this is somebody's. */
static int check_target(const struct download_spec *spec, struct error *err)
{
	struct stat st;

	if (spec->force || stat(spec->path, &st) < 0 || !S_ISREG(st.st_mode) ||
		!st.st_size)
		return 0;
	return error_set(
		err, ERR_TARGET, 0, "'%s' exists; --force replaces it", spec->path);
}

static int open_part(struct download *d, struct error *err)
{
	const struct url *url = aws_client_url(d->at.ebs);
	CLEANUP(freep)
	char *place =
		xasprintf("%s %s%s", d->at.session.region, url->authority, url->path);
	const struct download_origin origin = {
		.snapshot_id = d->at.snapshot_id,
		.place = place,
		.volume_bytes = block_list_volume_bytes(d->list),
	};

	return download_part_open(d->spec->path, &origin, &d->part, err);
}

static int want(
	void *userdata, uint64_t index, enum snapshot_want *ret, struct error *err)
{
	struct download *d = userdata;
	bool has;

	if (download_part_has(d->part, index, &has, err) < 0)
		return -1;
	d->result.blocks++;
	*ret = has ? SNAPSHOT_SKIP : SNAPSHOT_FETCH;
	return 0;
}

static int take(void *userdata, const struct snapshot_block *block, struct error *err)
{
	struct download *d = userdata;

	d->result.fetched_blocks++;
	return download_part_store(
		d->part, block->index, block->data, block->digest, err);
}

static int fetch_all(struct download *d, struct progress *p, struct error *err)
{
	const struct snapshot_reading reading = {
		.ebs = d->at.ebs,
		.list = d->list,
		.userdata = d,
		.want = want,
		.take = take,
		.progress = p,
	};

	if (snapshot_read(&reading, err) < 0)
		return -1;
	/* Meanwhile somebody may have made one. */
	if (check_target(d->spec, err) < 0)
		return -1;
	return download_part_finish(d->part, err);
}

static int give_up(struct download *d, struct error *err)
{
	if (!download_part_is_kept(d->part))
		return -1;
	return error_context(err,
		"'%s' keeps what is there, and the same command goes on with it",
		download_part_path(d->part));
}

int download_disk(const struct download_spec *spec, struct progress *p,
	struct download_result *ret, struct error *err)
{
	CLEANUP(download_releasep) struct download d = { .spec = spec };
	const uint64_t begin_ms = clock_now_ms();

	if (check_spec(spec, err) < 0 || check_target(spec, err) < 0 ||
		snapshot_place_open(&spec->session, spec->snapshot, p, &d.at, err) < 0)
		return -1;
	progress_phase(p, "fetch", "Fetch the blocks");
	if (block_list_open(d.at.ebs, d.at.snapshot_id, &d.list, err) < 0)
		return snapshot_place_explain(&d.at, err);
	if (open_part(&d, err) < 0)
		return -1;
	if (download_part_is_resumed(d.part))
		progress_step(p, "go on with '%s'", download_part_path(d.part));
	if (fetch_all(&d, p, err) < 0)
		return give_up(&d, err);
	d.result.fetch_ms = clock_now_ms() - begin_ms;
	progress_phase_end(p, "fetch", d.result.fetch_ms);
	d.result.snapshot_id = xstrdup(d.at.snapshot_id);
	d.result.region = xstrdup(d.at.session.region);
	d.result.path = xstrdup(spec->path);
	d.result.size_bytes = block_list_volume_bytes(d.list);
	d.result.is_resumed = download_part_is_resumed(d.part);
	*ret = d.result;
	d.result = (struct download_result){ 0 };
	return 0;
}

void download_result_json(const struct download_result *r, struct json *j)
{
	json_add_string(j, "snapshot_id", r->snapshot_id);
	json_add_string(j, "region", r->region);
	json_add_string(j, "path", r->path);
	json_add_uint(j, "size", r->size_bytes);
	json_add_uint(j, "volume_size_gib", r->size_bytes / GIB);
	json_add_uint(j, "blocks", r->blocks);
	json_add_uint(j, "bytes_fetched", r->fetched_blocks * EBS_BLOCK_BYTES);
	json_add_bool(j, "resumed", r->is_resumed);
	json_object_begin(j, "seconds");
	json_add_seconds(j, "fetch", r->fetch_ms);
	json_object_end(j);
}
