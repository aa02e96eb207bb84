/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/upload.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/path.h"
#include "base/size.h"
#include "base/term.h"
#include "core/kms_key.h"
#include "core/made.h"
#include "core/run_id.h"
#include "core/run_tags.h"
#include "core/snapshot.h"
#include "core/snapshot_place.h"
#include "core/snapshot_reference.h"
#include "core/transfer.h"
#include "core/upload_parent.h"

enum {
	DELETE_MOST_MS = 10000,
	DELETE_HURRY_MS = 1500, /* after Ctrl-C */
};

/* One upload while it goes on. */
struct upload {
	const struct upload_spec *spec;
	struct progress *progress;
	struct upload_source *source;
	struct aws_session session;
	struct aws_client *ebs, *ec2;
	char *parent_id; /* NULL: there is none */
	char *kms_key_arn; /* NULL: the account's default */
	struct upload_parent *parent;
	struct kept_blocks digests; /* of what makes the snapshot */
	struct transfer_journal *journal;
	bool is_resumable; /* by the same command: of a pipe or a device, who knows */
	char run_id[RUN_ID_CHARS + 1];
	char *description;
	uint64_t volume_size_gib;
	char *snapshot_id; /* NULL: not started */
	uint64_t made_at_ms; /* of the snapshot; 0: long ago */
	bool is_resumed;
	bool is_complete; /* an earlier run saw to that */
	bool was_completing; /* an earlier run may have */
};

static void upload_releasep(struct upload *u)
{
	free(u->snapshot_id);
	free(u->description);
	u->journal = transfer_journal_free(u->journal);
	kept_blocks_release(&u->digests);
	u->parent = upload_parent_free(u->parent);
	free(u->parent_id);
	free(u->kms_key_arn);
	u->ec2 = aws_client_free(u->ec2);
	u->ebs = aws_client_free(u->ebs);
	aws_session_release(&u->session);
	u->source = upload_source_free(u->source);
}

void upload_result_release(struct upload_result *r)
{
	free(r->snapshot_id);
	free(r->region);
	free(r->parent_id);
	*r = (struct upload_result){ 0 };
}

static int check_spec(const struct upload_spec *spec, struct error *err)
{
	const struct snapshot_start how = {
		.parent_id = spec->parent,
		.description = spec->description,
		.tag_count = spec->tag_count + 1, /* the run's */
		.is_encrypted = spec->is_encrypted,
		.kms_key_arn = spec->kms_key,
	};

	if (spec->parent && snapshot_reference_check(spec->parent, err) < 0)
		return -1;
	return snapshot_start_check(&how, err);
}

static int choose_volume(struct upload *u, struct error *err)
{
	const uint64_t size = upload_source_bytes(u->source);
	const uint64_t wanted = u->spec->volume_bytes;
	const uint64_t parents = u->parent ? upload_parent_volume_bytes(u->parent) : 0;
	const uint64_t least = size > parents ? size : parents;
	char a[16], b[16];

	if (wanted && wanted < size)
		return error_set(err, ERR_USAGE, 0,
			"'%s' has %s, and a volume of %s does not hold it",
			upload_source_name(u->source), size_format(size, a),
			size_format(wanted, b));
	if (wanted && wanted < parents)
		return error_set(err, ERR_USAGE, 0,
			"%s is a volume of %s, and its child cannot be one of %s",
			u->parent_id, size_format(parents, a), size_format(wanted, b));
	u->volume_size_gib = round_up(wanted ? wanted : least, GIB) / GIB;
	return 0;
}

/* The name, cut where a description has to end. */
static char *describe(const struct upload_spec *spec)
{
	if (spec->description)
		return xstrdup(spec->description);
	return xstrndup(strcmp(spec->path, "-") == 0 ? "standard input"
						     : path_basename(spec->path),
		SNAPSHOT_DESCRIPTION_MOST_CHARS);
}

/* All that makes it another upload. */
static char *upload_key(const struct upload *u, const struct transfer_file *file)
{
	const struct url *url = aws_client_url(u->ebs);
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;

	strbuf_addf(&text, "%" PRIu64 " %" PRIu64 "\n", file->device, file->inode);
	strbuf_addf(&text, "%s\n%s %s%s\n%s\n%s\n%" PRIu64 " %d %s\n", u->session.region,
		url->is_https ? "https" : "http", url->authority, url->path,
		aws_config_profile(u->session.config), u->description, u->volume_size_gib,
		u->spec->is_encrypted, u->kms_key_arn ? u->kms_key_arn : "");
	if (u->parent_id)
		strbuf_addf(&text, "parent %s\n", u->parent_id);
	for (size_t i = 0; i < u->spec->tag_count; i++)
		strbuf_addf(
			&text, "%s=%s\n", u->spec->tags[i].key, u->spec->tags[i].value);
	return strbuf_take(&text);
}

static int open_parent(struct upload *u, struct error *err)
{
	if (!u->spec->parent)
		return 0;
	if (snapshot_reference_resolve(
		    &u->session, u->spec->parent, u->progress, &u->parent_id, err) < 0)
		return -1;
	if (upload_parent_open(u->ebs, u->parent_id, &u->parent, err) < 0)
		return snapshot_explain(u->ec2, u->parent_id, err);
	return 0;
}

static int find_key(struct upload *u, struct error *err)
{
	if (!u->spec->kms_key)
		return 0;
	return kms_key_find_arn(
		&u->session, u->session.region, u->spec->kms_key, &u->kms_key_arn, err);
}

static int open_all(struct upload *u, struct error *err)
{
	static const struct transfer_kind kind = { "uploads",
		"uploading this file to the same place" };
	const struct transfer_file *file;
	CLEANUP(freep) char *key = NULL;

	if (check_spec(u->spec, err) < 0 ||
		aws_session_open(&u->spec->session, &u->session, err) < 0 ||
		aws_session_client(&u->session, AWS_EBS, TRANSFER_CONNECTIONS_MOST,
			&u->ebs, err) < 0 ||
		aws_session_client(&u->session, AWS_EC2, 0, &u->ec2, err) < 0 ||
		upload_source_open(u->spec->path, u->progress, &u->source, err) < 0 ||
		open_parent(u, err) < 0 || find_key(u, err) < 0 ||
		choose_volume(u, err) < 0)
		return -1;
	u->description = describe(u->spec);
	file = upload_source_identity(u->source);
	u->is_resumable = file != NULL;
	/* Else it tells only that the run is alive, and what it has begun. */
	if (!file)
		run_id_make(u->run_id);
	key = file ? upload_key(u, file) : xstrdup(u->run_id);
	return transfer_journal_open(&kind, key, &u->journal, err);
}

static int begin_anew(struct upload *u, struct error *err)
{
	const struct transfer_file unknown = { .size_bytes =
						       upload_source_bytes(u->source) };
	const struct transfer_file *file = upload_source_identity(u->source);

	run_id_make(u->run_id);
	return transfer_journal_begin(u->journal, file ? file : &unknown, u->run_id, err);
}

/* A snapshot that nobody will complete. When it cannot be removed, AWS does it. */
static bool remove_snapshot(
	struct upload *u, const char *id, uint64_t made_at_ms, uint64_t most_ms)
{
	struct error err = ERROR_INIT;
	bool is_removed;

	term_hold();
	is_removed = snapshot_delete(u->ec2, id, made_at_ms, most_ms, &err) == 0;
	term_resume();
	if (!is_removed)
		progress_warning(u->progress,
			"%s is left; 'amiwright cleanup --run %s' removes it, and AWS "
			"cancels it after %d hours: %s",
			id, u->run_id, SNAPSHOT_TIMEOUT_MINUTES / 60, err.msg);
	return is_removed;
}

/* Go on with a snapshot of which the journal says that it is there. */
static int resume(struct upload *u, const struct transfer_past *past, struct error *err)
{
	enum snapshot_state state;

	u->made_at_ms = made_at_seconds(past->begun_at_s);
	if (snapshot_look(u->ec2, past->snapshot_id, u->made_at_ms, &state, err) < 0)
		return -1;
	if (state == SNAPSHOT_MISSING || state == SNAPSHOT_FAILED) {
		progress_warning(u->progress,
			"%s, which an earlier run began, is %s: beginning anew",
			past->snapshot_id,
			state == SNAPSHOT_MISSING ? "gone" : "cancelled");
		if (state == SNAPSHOT_FAILED)
			(void)remove_snapshot(
				u, past->snapshot_id, u->made_at_ms, DELETE_MOST_MS);
		return begin_anew(u, err);
	}
	u->snapshot_id = xstrdup(past->snapshot_id);
	u->is_resumed = true;
	u->is_complete = state == SNAPSHOT_COMPLETED;
	u->was_completing = past->is_completing;
	progress_step(u->progress, "go on with %s: %zu block%s there", past->snapshot_id,
		past->count, past->count == 1 ? " is" : "s are");
	return 0;
}

/* What an earlier run has left is taken over, or given up. */
static int look_at_past(struct upload *u, struct error *err)
{
	const struct transfer_past *past;

	if (!*transfer_journal_past(u->journal)->token)
		return begin_anew(u, err);
	past = transfer_journal_past(u->journal);
	(void)snprintf(u->run_id, sizeof(u->run_id), "%s", past->token);
	if (!transfer_journal_is_of(u->journal, upload_source_identity(u->source))) {
		progress_warning(u->progress,
			"'%s' was changed since an earlier run began to upload it: "
			"beginning anew",
			upload_source_name(u->source));
		if (*past->snapshot_id)
			(void)remove_snapshot(u, past->snapshot_id,
				made_at_seconds(past->begun_at_s), DELETE_MOST_MS);
		return begin_anew(u, err);
	}
	/* Without an id, the same token asks for the same snapshot again. */
	return *past->snapshot_id ? resume(u, past, err) : 0;
}

static int start(struct upload *u, struct error *err)
{
	CLEANUP(freep)
	struct ebs_tag *tags = xcalloc(u->spec->tag_count + 1, sizeof(*tags));
	const struct snapshot_start how = {
		.volume_size_gib = u->volume_size_gib,
		.parent_id = u->parent_id,
		.token = u->run_id,
		.description = u->description,
		.tags = tags,
		.tag_count = u->spec->tag_count + 1,
		.is_encrypted = u->spec->is_encrypted || u->kms_key_arn,
		.kms_key_arn = u->kms_key_arn,
	};

	if (u->spec->tag_count)
		memcpy(tags, u->spec->tags, u->spec->tag_count * sizeof(*tags));
	tags[u->spec->tag_count] = (struct ebs_tag){ RUN_TAG_ID, u->run_id };
	if (snapshot_start(u->ebs, &how, &u->snapshot_id, err) < 0)
		return -1;
	u->made_at_ms = clock_now_ms();
	progress_step(u->progress, "started %s, a volume of %" PRIu64 " GiB",
		u->snapshot_id, u->volume_size_gib);
	return transfer_journal_snapshot(u->journal, u->snapshot_id, err);
}

static int complete(struct upload *u, const struct upload_count *count, struct error *err)
{
	const struct snapshot_content content = {
		.id = u->snapshot_id,
		.made_at_ms = u->made_at_ms,
		.blocks = count->blocks,
		.linear = count->linear,
		.was_completing = u->was_completing,
	};

	if (u->is_complete)
		return 0;
	if (transfer_journal_completing(u->journal, err) < 0)
		return -1;
	return snapshot_complete(u->ebs, u->ec2, &content, u->progress, err);
}

/* Before anything is made: a parent that will not do costs nothing. */
static int find_delta(struct upload *u, struct error *err)
{
	uint64_t begin_ms = clock_now_ms();

	if (!u->parent)
		return 0;
	progress_phase(u->progress, "compare", "Compare with the parent");
	if (upload_parent_compare(
		    u->parent, u->source, u->volume_size_gib * GIB, u->progress, err) < 0)
		return error_context(err, "compare with the parent");
	progress_phase_end(u->progress, "compare", clock_now_ms() - begin_ms);
	return 0;
}

static int send_all(struct upload *u, struct upload_result *r, struct error *err)
{
	const struct upload_work work = {
		.ebs = u->ebs,
		.snapshot_id = u->snapshot_id,
		.made_at_ms = u->made_at_ms,
		.source = u->source,
		.delta = upload_parent_delta(u->parent),
		.journal = u->journal,
		.digests = &u->digests,
		.only_counts = u->is_complete,
		.progress = u->progress,
	};
	uint64_t begin_ms = clock_now_ms();

	progress_phase(u->progress, "send", "Send the blocks");
	if (upload_blocks(&work, &r->count, err) < 0 ||
		upload_source_check(u->source, err) < 0)
		return -1;
	r->send_ms = clock_now_ms() - begin_ms;
	progress_phase_end(u->progress, "send", r->send_ms);
	begin_ms = clock_now_ms();
	progress_phase(u->progress, "complete", "Complete the snapshot");
	if (complete(u, &r->count, err) < 0) {
		upload_parent_forget(u->ebs, u->parent_id);
		return -1;
	}
	upload_keep(u->ebs, u->snapshot_id, &u->digests, u->parent);
	r->complete_ms = clock_now_ms() - begin_ms;
	progress_phase_end(u->progress, "complete", r->complete_ms);
	return 0;
}

/*
 * What a failure leaves: a snapshot that a next run goes on with, or none. A file that
 * was changed, and a pipe, will never give its blocks again.
 */
static int give_up(struct upload *u, struct error *err)
{
	struct error ignored = ERROR_INIT;
	bool is_changed = upload_source_check(u->source, &ignored) < 0, is_removed;

	if (!u->snapshot_id || u->is_complete)
		return -1;
	if (u->is_resumable && !is_changed)
		return error_context(err,
			"%s is kept, and the same command goes on with it",
			u->snapshot_id);
	is_removed = remove_snapshot(u, u->snapshot_id, u->made_at_ms,
		err->code == ERR_INTERRUPTED ? DELETE_HURRY_MS : DELETE_MOST_MS);
	/* With a journal, the next run knows what it has to remove. */
	if (is_removed || !u->is_resumable)
		(void)transfer_journal_remove(u->journal, &ignored);
	return -1;
}

int upload_disk(const struct upload_spec *spec, struct progress *p,
	struct upload_result *ret, struct error *err)
{
	CLEANUP(upload_releasep) struct upload u = { .spec = spec, .progress = p };
	CLEANUP(upload_result_releasep) struct upload_result r = { 0 };

	if (open_all(&u, err) < 0 || find_delta(&u, err) < 0 || look_at_past(&u, err) < 0)
		return -1;
	if ((!u.snapshot_id && start(&u, err) < 0) || send_all(&u, &r, err) < 0)
		return give_up(&u, err);
	/* The snapshot is what was asked for; a journal that stays costs a look at it. */
	if (transfer_journal_remove(u.journal, err) < 0)
		progress_warning(p, "%s", err->msg);
	r.snapshot_id = TAKE_PTR(u.snapshot_id);
	r.region = xstrdup(u.session.region);
	r.parent_id = TAKE_PTR(u.parent_id);
	r.size_bytes = upload_source_bytes(u.source);
	r.volume_size_gib = u.volume_size_gib;
	r.is_resumed = u.is_resumed;
	*ret = r;
	r = (struct upload_result){ 0 };
	return 0;
}

void upload_result_json(const struct upload_result *r, struct json *j)
{
	json_add_string(j, "snapshot_id", r->snapshot_id);
	json_add_string(j, "region", r->region);
	json_add_string(j, "parent_id", r->parent_id);
	json_add_uint(j, "size", r->size_bytes);
	json_add_uint(j, "volume_size_gib", r->volume_size_gib);
	json_add_uint(j, "blocks", r->count.blocks);
	json_add_uint(j, "bytes_sent", r->count.sent_blocks * EBS_BLOCK_BYTES);
	json_add_string(j, "checksum", r->count.linear);
	json_add_bool(j, "resumed", r->is_resumed);
	json_object_begin(j, "seconds");
	json_add_seconds(j, "send", r->send_ms);
	json_add_seconds(j, "complete", r->complete_ms);
	json_object_end(j);
}
