/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/compare.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/size.h"
#include "base/words.h"
#include "core/compare_blocks.h"
#include "core/snapshot_place.h"
#include "core/snapshot_reference.h"

/* What a comparison works with. */
struct sides {
	struct snapshot_place at;
	struct block_list *list;
	struct upload_source *source;
};

static void sides_releasep(struct sides *s)
{
	s->source = upload_source_free(s->source);
	s->list = block_list_free(s->list);
	snapshot_place_release(&s->at);
}

void compare_result_release(struct compare_result *r)
{
	free(r->snapshot_id);
	free(r->region);
	free(r->path);
	*r = (struct compare_result){ 0 };
}

static int open_sides(const struct compare_spec *spec, struct progress *p,
	struct sides *s, struct error *err)
{
	if (snapshot_reference_check(spec->snapshot, err) < 0 ||
		upload_source_open(spec->path, p, &s->source, err) < 0 ||
		snapshot_place_open(&spec->session, spec->snapshot, p, &s->at, err) < 0)
		return -1;
	if (block_list_open(s->at.ebs, s->at.snapshot_id, &s->list, err) < 0)
		return snapshot_place_explain(&s->at, err);
	return 0;
}

/* They come in any order: the first few are kept, sorted. */
static int note_difference(
	void *userdata, uint64_t index, uint64_t offset_bytes, struct error *err)
{
	struct compare_result *r = userdata;
	size_t at = r->offset_count;

	(void)index;
	(void)err;
	r->different_blocks++;
	while (at && r->offsets_bytes[at - 1] > offset_bytes) {
		if (at < COMPARE_OFFSETS_MOST)
			r->offsets_bytes[at] = r->offsets_bytes[at - 1];
		at--;
	}
	if (at < COMPARE_OFFSETS_MOST)
		r->offsets_bytes[at] = offset_bytes;
	if (r->offset_count < COMPARE_OFFSETS_MOST)
		r->offset_count++;
	return 0;
}

int compare_snapshot(const struct compare_spec *spec, struct progress *p,
	struct compare_result *ret, struct error *err)
{
	CLEANUP(sides_releasep) struct sides s = { 0 };
	CLEANUP(compare_result_releasep) struct compare_result r = { 0 };
	const uint64_t begin_ms = clock_now_ms();
	struct compare_work work = {
		.progress = p, .userdata = &r, .differs = note_difference
	};

	progress_phase(p, "compare", "Compare the blocks");
	if (open_sides(spec, p, &s, err) < 0)
		return -1;
	work.ebs = s.at.ebs;
	work.list = s.list;
	work.source = s.source;
	if (compare_blocks(&work, &r.blocks, err) < 0 ||
		upload_source_check(s.source, err) < 0)
		return -1;
	r.took_ms = clock_now_ms() - begin_ms;
	progress_phase_end(p, "compare", r.took_ms);
	r.snapshot_id = xstrdup(s.at.snapshot_id);
	r.region = xstrdup(s.at.session.region);
	r.path = xstrdup(spec->path);
	r.size_bytes = upload_source_bytes(s.source);
	r.volume_bytes = block_list_volume_bytes(s.list);
	*ret = r;
	r = (struct compare_result){ 0 };
	return 0;
}

static void add_offsets(const struct compare_result *r, struct strbuf *to)
{
	for (size_t i = 0; i < r->offset_count; i++)
		strbuf_addf(to, "%s%" PRIu64, i ? ", " : "", r->offsets_bytes[i]);
	if (r->different_blocks > r->offset_count)
		strbuf_addf(to, ", …");
}

bool compare_result_is_same(const struct compare_result *r)
{
	return !r->different_blocks && r->size_bytes <= r->volume_bytes;
}

int compare_result_judge(const struct compare_result *r, struct error *err)
{
	CLEANUP(strbuf_releasep) struct strbuf offsets = STRBUF_INIT;
	char size[16], volume[16];

	if (r->volume_bytes < r->size_bytes)
		return error_set(err, ERR_VERIFY, 0,
			"%s is a volume of %s, and '%s' has %s", r->snapshot_id,
			size_format(r->volume_bytes, volume), r->path,
			size_format(r->size_bytes, size));
	if (compare_result_is_same(r))
		return 0;
	add_offsets(r, &offsets);
	return error_set(err, ERR_VERIFY, 0,
		"%s is not '%s': %" PRIu64 " of %" PRIu64
		" block%s differ, from these bytes on: %s",
		r->snapshot_id, r->path, r->different_blocks, r->blocks,
		plural_s(r->blocks), offsets.data);
}

void compare_result_json(const struct compare_result *r, struct json *j)
{
	json_add_string(j, "snapshot_id", r->snapshot_id);
	json_add_string(j, "region", r->region);
	json_add_string(j, "path", r->path);
	json_add_bool(j, "identical", compare_result_is_same(r));
	json_add_uint(j, "size", r->size_bytes);
	json_add_uint(j, "volume_size_gib", r->volume_bytes / GIB);
	json_add_uint(j, "blocks", r->blocks);
	json_add_uint(j, "different_blocks", r->different_blocks);
	json_array_begin(j, "offsets");
	for (size_t i = 0; i < r->offset_count; i++)
		json_add_uint(j, NULL, r->offsets_bytes[i]);
	json_array_end(j);
	json_object_begin(j, "seconds");
	json_add_seconds(j, "compare", r->took_ms);
	json_object_end(j);
}
