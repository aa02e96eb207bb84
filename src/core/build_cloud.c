/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/build_cloud.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/term.h"
#include "core/image.h"
#include "core/image_name.h"
#include "core/kms_key.h"
#include "core/made.h"
#include "core/manifest_image.h"
#include "core/map_digests.h"
#include "core/run_begin.h"
#include "core/run_tags.h"
#include "core/sink_snapshot.h"
#include "core/snapshot_file.h"
#include "core/snapshot_reference.h"
#include "core/transfer.h"
#include "core/upload_parent.h"

enum {
	IMAGE_MOST_S = 3600,
	DELETE_MOST_MS = 10000,
	DELETE_HURRY_MS = 1500, /* after Ctrl-C */
};

struct build_cloud {
	const struct build_cloud_spec *spec;
	const struct recipe *recipe;
	char *region, *name;
	char *parent_id; /* of a snapshot, or NULL */
	char *kms_key_arn; /* or NULL */
	struct run_journal *journal;
	struct ebs_tag *ebs_tags; /* the recipe's */
	struct ec2_tag *ec2_tags;
	size_t tag_count;
	/* While the service is reached; see reach(). */
	struct aws_session session;
	struct aws_client *ebs, *ec2;
};

/* Before the tree is made by strangers' scripts, and when they have ended. */
static void leave(struct build_cloud *c)
{
	c->ec2 = aws_client_free(c->ec2);
	c->ebs = aws_client_free(c->ebs);
	aws_session_release(&c->session);
}

static int reach(struct build_cloud *c, struct error *err)
{
	if (c->ec2)
		return 0;
	if (aws_session_open(&c->spec->session, &c->session, err) < 0)
		return -1;
	if (aws_session_client(
		    &c->session, AWS_EBS, TRANSFER_CONNECTIONS_MOST, &c->ebs, err) == 0 &&
		aws_session_client(&c->session, AWS_EC2, 0, &c->ec2, err) == 0)
		return 0;
	leave(c);
	return -1;
}

struct build_cloud *build_cloud_free(struct build_cloud *c)
{
	if (!c)
		return NULL;
	leave(c);
	c->journal = run_journal_free(c->journal);
	free(c->ebs_tags);
	free(c->ec2_tags);
	free(c->region);
	free(c->name);
	free(c->parent_id);
	free(c->kms_key_arn);
	free(c);
	return NULL;
}

static void build_cloud_freep(struct build_cloud **c)
{
	*c = build_cloud_free(*c);
}

const char *build_cloud_run_id(const struct build_cloud *c)
{
	return run_journal_id(c->journal);
}

const char *build_cloud_region(const struct build_cloud *c)
{
	return c->region;
}

const char *build_cloud_name(const struct build_cloud *c)
{
	return c->name;
}

const char *build_cloud_parent_id(const struct build_cloud *c)
{
	return c->parent_id;
}

static void take_tags(struct build_cloud *c)
{
	const struct recipe_map *tags = &c->recipe->image.tags;

	c->tag_count = tags->names.count;
	c->ebs_tags = xcalloc(c->tag_count + 1, sizeof(*c->ebs_tags));
	c->ec2_tags = xcalloc(c->tag_count + 1, sizeof(*c->ec2_tags));
	for (size_t i = 0; i < c->tag_count; i++) {
		const char *name = tags->names.items[i], *value = tags->values.items[i];

		c->ebs_tags[i] = (struct ebs_tag){ name, value };
		c->ec2_tags[i] = (struct ec2_tag){ name, value };
	}
}

static struct register_image image_of(
	const struct build_cloud *c, const char *snapshot_id, const char *name)
{
	const struct recipe *r = c->recipe;

	return (struct register_image){
		.snapshot_id = snapshot_id,
		.name = name,
		.description = r->image.description,
		.architecture = recipe_arch_name(r->arch),
		.boot_mode = recipe_boot_mode_name(r->image.boot_mode),
		.allows_imds_v1 = r->image.imds == RECIPE_IMDS_ANY,
		.family = r->name,
		.tags = c->ec2_tags,
		.tag_count = c->tag_count,
	};
}

/* The image's name: another disk has another one. */
static int name_image(
	const struct build_cloud *c, const char *sha256, char **ret, struct error *err)
{
	CLEANUP(freep)
	char *name = manifest_image_name(
		c->recipe->name, recipe_arch_name(c->recipe->arch), sha256);

	return image_name_make(name, ret, err);
}

static int check_options(const struct build_cloud *c, struct error *err)
{
	const struct register_image image = image_of(c, "snap-0", "image");
	const struct snapshot_start how = {
		.parent_id = c->spec->parent,
		.description = c->recipe->image.description,
		.tag_count = c->tag_count + RUN_TAGS_OURS,
		.is_encrypted = c->spec->is_encrypted,
		.kms_key_arn = c->spec->kms_key,
	};

	if ((c->spec->parent && snapshot_reference_check(c->spec->parent, err) < 0) ||
		snapshot_start_check(&how, err) < 0)
		return -1;
	return c->spec->makes_image ? register_image_check(&image, err) : 0;
}

/* That the service answers these credentials, and has the parent and the key. */
static int check_service(struct build_cloud *c, struct progress *p, struct error *err)
{
	const char *nobody = "-";
	const struct ec2_filter filter = { "tag:" RUN_TAG_ID, { &nobody, 1 } };
	CLEANUP(ec2_list_releasep) struct ec2_list found = { 0 };

	if (c->spec->kms_key && kms_key_find_arn(&c->session, c->session.region,
					c->spec->kms_key, &c->kms_key_arn, err) < 0)
		return -1;
	if (!c->spec->parent)
		return ec2_snapshots_find(c->ec2, &filter, 1, &found, err);
	if (snapshot_reference_resolve(
		    &c->session, c->spec->parent, p, &c->parent_id, err) < 0 ||
		ec2_snapshot_find(c->ec2, c->parent_id, 0, &found, err) < 0)
		return -1;
	if (found.count)
		return 0;
	return error_set(err, ERR_FETCH, 0, "there is no snapshot %s in %s", c->parent_id,
		c->region);
}

int build_cloud_open(const struct build_cloud_spec *spec, const struct recipe *recipe,
	struct progress *p, struct build_cloud **ret, struct error *err)
{
	CLEANUP(build_cloud_freep) struct build_cloud *c = xcalloc(1, sizeof(*c));

	c->spec = spec;
	c->recipe = recipe;
	take_tags(c);
	if (check_options(c, err) < 0 || reach(c, err) < 0)
		return -1;
	c->region = xstrdup(c->session.region);
	c->name = xasprintf(
		"%s in %s", spec->makes_image ? "an image" : "a snapshot", c->region);
	if (check_service(c, p, err) < 0)
		return error_context(err, "look at EC2 in %s", c->region);
	run_mention_dead(p);
	if (run_begin("build", &c->session, c->ec2, &c->journal, err) < 0)
		return -1;
	leave(c);
	progress_step(p, "run %s in %s", build_cloud_run_id(c), c->region);
	*ret = TAKE_PTR(c);
	return 0;
}

/* Whether this account has an image of the disk already. */
static int find_image(struct build_cloud *c, const char *sha256,
	struct build_cloud_written *ret, struct error *err)
{
	CLEANUP(freep) char *name = NULL;
	CLEANUP(ec2_list_releasep) struct ec2_list found = { 0 };
	struct ec2_filter filter = { "name", { &name, 1 } };
	const char *snapshot_id;

	if (name_image(c, sha256, &name, err) < 0 ||
		ec2_images_find(c->ec2, &filter, 1, &found, err) < 0)
		return -1;
	if (!found.count || !image_is_there(ec2_image_at(&found, 0)))
		return 0;
	snapshot_id = image_root_snapshot(ec2_image_at(&found, 0));
	if (!snapshot_id || !snapshot_id_is_one(snapshot_id))
		return 0;
	(void)snprintf(ret->snapshot_id, sizeof(ret->snapshot_id), "%s", snapshot_id);
	ret->was_there = true;
	return 0;
}

static int fill_snapshot(struct build_cloud *c, const struct blockmap *m,
	struct progress *p, struct build_cloud_written *ret, struct error *err)
{
	const struct sink_snapshot_spec spec = {
		.ebs = c->ebs,
		.journal = c->journal,
		.description = c->recipe->image.description ? c->recipe->image.description
							    : c->recipe->name,
		.tags = c->ebs_tags,
		.tag_count = c->tag_count,
		.is_encrypted = c->spec->is_encrypted,
		.kms_key_arn = c->kms_key_arn,
		.parent_id = c->parent_id,
	};
	CLEANUP(sink_freep) struct sink *sink = sink_snapshot_new(&spec);
	const struct sink_snapshot_written *written;

	if (sink_write(sink, m, p, err) < 0)
		return -1;
	written = sink_snapshot_written(sink);
	(void)snprintf(ret->snapshot_id, sizeof(ret->snapshot_id), "%s", written->id);
	memcpy(ret->linear, written->count.linear, sizeof(ret->linear));
	ret->blocks = written->count.blocks;
	ret->sent_bytes = sink->written_bytes;
	return 0;
}

int build_cloud_write(struct build_cloud *c, const struct blockmap *m, struct progress *p,
	struct build_cloud_written *ret, struct disk_digests *ret_digests,
	struct error *err)
{
	CLEANUP(map_digests_freep) struct map_digests *digests = NULL;
	struct build_cloud_written w = { 0 };

	if (aws_session_regain_keys(err) < 0 || reach(c, err) < 0 ||
		map_digests_begin(m, &digests, err) < 0)
		return -1;
	/* Of an image, the name has to be known first: it may be there. */
	if (c->spec->makes_image &&
		(map_digests_end(digests, ret_digests, err) < 0 ||
			find_image(c, ret_digests->sha256, &w, err) < 0))
		return -1;
	if (!w.was_there && fill_snapshot(c, m, p, &w, err) < 0)
		return -1;
	if (map_digests_end(digests, ret_digests, err) < 0)
		return -1;
	if (!w.was_there && !c->parent_id && strcmp(w.linear, ret_digests->linear) != 0)
		return error_set(err, ERR_FORMAT, 0,
			"the tree was changed while its disk was sent: the LINEAR "
			"checksum was %s, and is %s",
			ret_digests->linear, w.linear);
	w.at_ms = clock_now_ms();
	*ret = w;
	return 0;
}

int build_cloud_complete(struct build_cloud *c, const struct build_cloud_written *w,
	struct progress *p, struct error *err)
{
	const struct snapshot_content content = {
		.id = w->snapshot_id,
		.made_at_ms = w->at_ms,
		.blocks = w->blocks,
		.linear = w->linear,
	};

	if (reach(c, err) < 0 || run_journal_read_again(c->journal, err) < 0)
		return -1;
	if (w->was_there || snapshot_complete(c->ebs, c->ec2, &content, p, err) == 0)
		return 0;
	upload_parent_forget(c->ebs, c->parent_id);
	return -1;
}

int build_cloud_fetch(struct build_cloud *c, const struct build_cloud_written *w,
	const char *dir, struct progress *p, int *ret_fd, struct error *err)
{
	if (reach(c, err) < 0)
		return -1;
	return snapshot_file_fetch(c->ebs, w->snapshot_id, dir, p, ret_fd, err);
}

static int make_image(struct build_cloud *c, const struct build_cloud_written *w,
	const char *sha256, struct progress *p, struct register_result *ret,
	struct error *err)
{
	CLEANUP(freep) char *name = NULL;
	struct register_spec spec = {
		.session = c->spec->session,
		.wait_most_s = IMAGE_MOST_S,
		.journal = c->journal,
	};

	if (name_image(c, sha256, &name, err) < 0)
		return -1;
	spec.image = image_of(c, w->snapshot_id, name);
	return register_image(&spec, p, ret, err);
}

int build_cloud_finish(struct build_cloud *c, const struct build_cloud_written *w,
	const char *sha256, struct progress *p, struct register_result *ret,
	struct error *err)
{
	if (reach(c, err) < 0)
		return -1;
	if (c->spec->makes_image) {
		if (make_image(c, w, sha256, p, ret, err) < 0)
			return -1;
	} else if (snapshot_mark_finished(c->ec2, w->snapshot_id, w->at_ms, err) < 0) {
		return -1;
	}
	/* What was asked for is there; a journal that stays costs a look at it. */
	if (run_journal_end(c->journal, err) < 0)
		progress_warning(p, "%s", err->msg);
	return 0;
}

/* The images first: a snapshot that one is made of stays. */
static int remove_made(struct build_cloud *c, uint64_t most_ms, struct error *err)
{
	const struct run_past *past = run_journal_past(c->journal);

	for (size_t i = past->count; i > 0; i--) {
		const struct run_deed *deed = &past->deeds[i - 1];

		if (deed->act != RUN_MADE)
			continue;
		if (reach(c, err) < 0 || made_remove(c->ec2, deed, most_ms, err) < 0)
			return -1;
	}
	return 0;
}

static int undo(struct build_cloud *c, uint64_t most_ms, struct error *err)
{
	if (run_journal_read_again(c->journal, err) < 0)
		return -1;
	if (run_past_unanswered(run_journal_past(c->journal)))
		return error_set(err, ERR_FETCH, 0,
			"whether what it asked for last is there is not known");
	if (remove_made(c, most_ms, err) < 0)
		return -1;
	return run_journal_end(c->journal, err);
}

void build_cloud_give_up(
	struct build_cloud *c, const struct error *why, struct progress *p)
{
	struct error err = ERROR_INIT;

	term_hold();
	if (undo(c, why->code == ERR_INTERRUPTED ? DELETE_HURRY_MS : DELETE_MOST_MS,
		    &err) < 0)
		progress_warning(p,
			"run %s has left something; 'amiwright cleanup --run %s' removes "
			"it: %s",
			build_cloud_run_id(c), build_cloud_run_id(c), err.msg);
	term_resume();
}
