/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/sink_snapshot.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "aws/service_error.h"
#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "core/run_tags.h"
#include "core/upload_parent.h"

struct sink_snapshot {
	struct sink base;
	const struct sink_snapshot_spec *spec;
	char *id;
	struct sink_snapshot_written written;
};

/* What one writing works with. */
struct writing {
	struct upload_source *source;
	struct upload_parent *parent; /* NULL: there is none */
	struct kept_blocks digests; /* of what makes the snapshot */
};

static void writing_releasep(struct writing *w)
{
	kept_blocks_release(&w->digests);
	w->parent = upload_parent_free(w->parent);
	w->source = upload_source_free(w->source);
}

static int choose_volume(
	struct sink_snapshot *s, const struct writing *w, struct error *err)
{
	const uint64_t size = upload_source_bytes(w->source);
	const uint64_t parents = w->parent ? upload_parent_volume_bytes(w->parent) : 0;
	const uint64_t gib = round_up(size > parents ? size : parents, GIB) / GIB;

	if (gib > EBS_VOLUME_MOST_GIB)
		return error_set(err, ERR_TARGET, 0,
			"the disk has %" PRIu64 " GiB, and a volume has %d at most", gib,
			EBS_VOLUME_MOST_GIB);
	s->written.volume_size_gib = gib;
	return 0;
}

/* Before anything is made: a parent that will not do costs nothing. */
static int find_delta(
	struct sink_snapshot *s, struct writing *w, struct progress *p, struct error *err)
{
	if (!w->parent)
		return 0;
	if (upload_parent_compare(
		    w->parent, w->source, s->written.volume_size_gib * GIB, p, err) < 0)
		return error_context(err, "compare with the parent");
	return 0;
}

static int start(struct sink_snapshot *s, struct error *err)
{
	const struct sink_snapshot_spec *spec = s->spec;
	const char *run_id = run_journal_id(spec->journal);
	CLEANUP(freep)
	struct ebs_tag *tags = xcalloc(spec->tag_count + 2, sizeof(*tags));
	const struct snapshot_start how = {
		.volume_size_gib = s->written.volume_size_gib,
		.parent_id = spec->parent_id,
		.token = run_id,
		.description = spec->description,
		.tags = tags,
		.tag_count = spec->tag_count + 2,
		.is_encrypted = spec->is_encrypted || spec->kms_key_arn,
		.kms_key_arn = spec->kms_key_arn,
	};
	struct error ignored = ERROR_INIT;

	if (spec->tag_count)
		memcpy(tags, spec->tags, spec->tag_count * sizeof(*tags));
	tags[spec->tag_count] = (struct ebs_tag){ RUN_TAG_ID, run_id };
	tags[spec->tag_count + 1] =
		(struct ebs_tag){ RUN_TAG_STATE, RUN_STATE_UNFINISHED };
	if (run_journal_note(spec->journal, RUN_STARTS, run_id, err) < 0)
		return -1;
	if (snapshot_start(spec->ebs, &how, &s->id, err) < 0) {
		/* With a client token, no attempt before it has made one either. */
		if (service_error_is_refusal(err))
			(void)run_journal_note(
				spec->journal, RUN_REFUSED, run_id, &ignored);
		return -1;
	}
	s->written.id = s->id;
	return run_journal_note(spec->journal, RUN_MADE, s->id, err);
}

static int snapshot_write(struct sink *base, const struct blockmap *m, struct progress *p,
	struct error *err)
{
	struct sink_snapshot *s = (struct sink_snapshot *)base;
	CLEANUP(writing_releasep)
	struct writing w = { .source = upload_source_of_map(m, "the disk") };
	struct upload_work work = {
		.ebs = s->spec->ebs, .source = w.source, .progress = p
	};

	if ((s->spec->parent_id && upload_parent_open(s->spec->ebs, s->spec->parent_id,
					   &w.parent, err) < 0) ||
		choose_volume(s, &w, err) < 0 || find_delta(s, &w, p, err) < 0 ||
		start(s, err) < 0)
		return -1;
	progress_step(p, "started %s, a volume of %" PRIu64 " GiB", s->id,
		s->written.volume_size_gib);
	work.snapshot_id = s->id;
	work.made_at_ms = clock_now_ms();
	work.delta = upload_parent_delta(w.parent);
	work.digests = &w.digests;
	if (upload_blocks(&work, &s->written.count, err) < 0)
		return -1;
	/* One that is never completed is nobody's parent. */
	upload_keep(s->spec->ebs, s->id, &w.digests, w.parent);
	base->written_bytes = s->written.count.sent_blocks * EBS_BLOCK_BYTES;
	return 0;
}

static void snapshot_free(struct sink *base)
{
	struct sink_snapshot *s = (struct sink_snapshot *)base;

	free(s->id);
	free(s);
}

static const struct sink_ops snapshot_ops = {
	.name = "snapshot",
	.write = snapshot_write,
	.free = snapshot_free,
};

struct sink *sink_snapshot_new(const struct sink_snapshot_spec *spec)
{
	struct sink_snapshot *s = xcalloc(1, sizeof(*s));

	s->base.ops = &snapshot_ops;
	s->spec = spec;
	return &s->base;
}

const struct sink_snapshot_written *sink_snapshot_written(const struct sink *s)
{
	return &((const struct sink_snapshot *)s)->written;
}
