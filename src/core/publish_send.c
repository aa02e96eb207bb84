/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/publish_send.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "aws/ec2_sharing.h"
#include "aws/service_error.h"
#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/progress_parts.h"
#include "base/workers.h"
#include "core/block_list.h"
#include "core/image.h"
#include "core/image_replica.h"
#include "core/image_send.h"
#include "core/snapshot_file.h"
#include "core/transfer.h"
#include "core/work_dir.h"

static const char *root_of(const struct publish_sending *s)
{
	return image_root_snapshot(s->source->image);
}

static int open_ebs(
	const struct publish_sending *s, struct aws_client **ret, struct error *err)
{
	return aws_session_client(
		s->session, AWS_EBS, TRANSFER_CONNECTIONS_MOST, ret, err);
}

/* ---- the way */

/* Why the image cannot be sent to that region, or NULL. */
static const char *obstacle_of(
	const struct publish_sending *s, const struct image_copy *copy)
{
	const char *obstacle = image_replica_obstacle(s->source->image);

	if (!obstacle && copy->kms_key && !strstr(copy->kms_key, ":key/"))
		return "EBS direct takes a KMS key by its ARN alone "
		       "(arn:aws:kms:REGION:ACCOUNT:key/ID)";
	return obstacle;
}

static int count_blocks(const struct publish_sending *s, uint64_t *ret, struct error *err)
{
	CLEANUP(aws_client_freep) struct aws_client *ebs = NULL;
	CLEANUP(block_list_freep) struct block_list *list = NULL;
	bool more = true;

	*ret = 0;
	if (open_ebs(s, &ebs, err) < 0 ||
		block_list_open(ebs, root_of(s), &list, err) < 0)
		return -1;
	while (more) {
		if (block_list_next(list)) {
			++*ret;
			block_list_advance(list);
		} else if (block_list_turn(list, &more, err) < 0) {
			return -1;
		}
	}
	return 0;
}

/* Those that nothing keeps from being sent; the others are copied. */
static size_t mark(
	const struct publish_sending *s, struct image_copy *const *copies, size_t count)
{
	size_t marked = 0;

	for (size_t i = 0; i < count; i++) {
		const char *obstacle = obstacle_of(s, copies[i]);

		if (!image_copy_is_open(copies[i]))
			continue;
		copies[i]->is_sent = !obstacle;
		marked += !obstacle;
		if (obstacle)
			progress_step(s->progress,
				"%s: it is copied, and cannot be sent: %s",
				aws_client_region(copies[i]->ec2), obstacle);
	}
	return marked;
}

static void unmark(struct image_copy *const *copies, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (image_copy_is_open(copies[i]))
			copies[i]->is_sent = false;
}

static int insist(const struct publish_sending *s, struct image_copy *const *copies,
	size_t count, struct error *err)
{
	for (size_t i = 0; i < count; i++) {
		const char *obstacle = obstacle_of(s, copies[i]);

		if (!image_copy_is_open(copies[i]))
			continue;
		if (obstacle)
			return error_set(err, ERR_TARGET, 0,
				"%s cannot be sent to %s: %s", s->source->image->image_id,
				aws_client_region(copies[i]->ec2), obstacle);
		copies[i]->is_sent = true;
	}
	return 0;
}

static int choose(const struct publish_sending *s, struct image_copy *const *copies,
	size_t count, struct pace_estimate *ret, struct error *err)
{
	const size_t regions = mark(s, copies, count);
	struct error why = ERROR_INIT;
	uint64_t blocks;

	if (!regions)
		return 0;
	if (count_blocks(s, &blocks, &why) < 0) {
		if (!service_error_is_refusal(&why)) {
			*err = why;
			return -1;
		}
		progress_step(
			s->progress, "it is copied, and cannot be sent: %s", why.msg);
		unmark(copies, count);
		return 0;
	}
	pace_estimate(blocks, regions, s->link_bytes, ret);
	if (!pace_sends(ret))
		unmark(copies, count);
	progress_step(s->progress,
		"CopyImage takes about %" PRIu64 " s, to send %" PRIu64
		" blocks to %zu region%s about %" PRIu64 " s: %s",
		ret->copy_s, blocks, regions, regions == 1 ? "" : "s", ret->send_s,
		pace_sends(ret) ? "they are sent" : "it is copied");
	return 0;
}

int publish_choose_way(const struct publish_sending *s, struct image_copy *const *copies,
	size_t count, struct pace_estimate *ret, struct error *err)
{
	*ret = (struct pace_estimate){ 0 };
	switch (s->way) {
	case RECIPE_WAY_AUTO:
		return choose(s, copies, count, ret, err);
	case RECIPE_WAY_SEND:
		return insist(s, copies, count, err);
	case RECIPE_WAY_COPY:
		break;
	}
	return 0;
}

/* ---- the blocks */

/* What all of the regions get. */
struct cargo {
	struct work_dir *work;
	struct image_blocks blocks;
	char *uefi_data;
};

static void cargo_releasep(struct cargo *c)
{
	fd_closep(&c->blocks.fd);
	c->work = work_dir_free(c->work);
	free(c->uefi_data);
}

/* The keys of Secure Boot, which no list of images shows. */
static int ask_uefi_data(
	const struct publish_sending *s, struct cargo *cargo, struct error *err)
{
	const char *id = s->source->image->image_id;
	const struct ec2_describe_image_attribute request = { .image_id = id,
		.attribute = "uefiData" };
	CLEANUP(aws_result_releasep) struct aws_result r = AWS_RESULT_INIT;
	const struct ec2_image_attribute *answer;

	if (ec2_call(s->home, &ec2_describe_image_attribute_action, &request, 0, &r,
		    err) < 0)
		return error_context(err, "ask for the UEFI data of %s", id);
	answer = r.answer;
	if (answer->uefi_data.value && *answer->uefi_data.value)
		cargo->uefi_data = xstrdup(answer->uefi_data.value);
	cargo->blocks.uefi_data = cargo->uefi_data;
	return 0;
}

static int load(const struct publish_sending *s, struct cargo *cargo, struct error *err)
{
	CLEANUP(aws_client_freep) struct aws_client *ebs = NULL;
	struct stat st;

	if (ask_uefi_data(s, cargo, err) < 0 || open_ebs(s, &ebs, err) < 0 ||
		work_dir_create(&cargo->work, err) < 0 ||
		snapshot_file_fetch(ebs, root_of(s), work_dir_path(cargo->work),
			s->progress, &cargo->blocks.fd, err) < 0)
		return -1;
	if (fstat(cargo->blocks.fd, &st) < 0)
		return error_errno(err, "look at the copy of %s", root_of(s));
	cargo->blocks.volume_bytes = (uint64_t)st.st_size;
	return 0;
}

/* ---- sending */

struct job {
	struct image_copy *copy;
	struct aws_client *ebs; /* made and freed by one thread, used by another */
	struct progress_part part;
	struct error *error;
};

struct jobs {
	const struct image_blocks *blocks;
	struct progress_parts parts;
	struct job *items;
	size_t count;
	atomic_size_t next; /* that nobody has taken */
};

static void jobs_releasep(struct jobs *j)
{
	for (size_t i = 0; i < j->count; i++)
		j->items[i].ebs = aws_client_free(j->items[i].ebs);
	free(j->items);
}

static void *run_jobs(void *userdata)
{
	struct jobs *j = userdata;

	for (;;) {
		const size_t i = atomic_fetch_add(&j->next, 1);
		struct job *job;
		struct progress *reports;

		if (i >= j->count)
			return NULL;
		job = &j->items[i];
		reports = job->copy->progress;
		job->copy->progress = &job->part.progress;
		/* What was overcome is no failure. */
		if (image_send(job->copy, job->ebs, j->blocks, job->error) == 0)
			*job->error = (struct error)ERROR_INIT;
		job->copy->progress = reports;
	}
}

static bool is_to_send(const struct image_copy *copy)
{
	return copy->is_sent && copy->journal && !copy->image_id;
}

static int add_jobs(const struct publish_sending *s, struct image_copy *const *copies,
	size_t count, struct error *errors, struct jobs *j, struct error *err)
{
	for (size_t i = 0; i < count; i++) {
		struct job *job = &j->items[j->count];
		const char *region = aws_client_region(copies[i]->ec2);

		if (!is_to_send(copies[i]))
			continue;
		*job = (struct job){ .copy = copies[i], .error = &errors[i] };
		progress_part_init(&job->part, &j->parts, region);
		if (aws_session_client_in(s->session, AWS_EBS, region, &job->ebs, err) <
			0)
			return -1;
		j->count++;
	}
	return 0;
}

int publish_send(const struct publish_sending *s, struct image_copy *const *copies,
	size_t count, struct error *errors, struct error *err)
{
	CLEANUP(cargo_releasep) struct cargo cargo = { .blocks = { .fd = -1 } };
	CLEANUP(jobs_releasep)
	struct jobs j = { .blocks = &cargo.blocks,
		.items = xcalloc(count, sizeof(*j.items)) };

	j.parts = (struct progress_parts)PROGRESS_PARTS_INIT(s->progress);
	for (size_t i = 0; i < count; i++)
		errors[i] = (struct error)ERROR_INIT;
	if (add_jobs(s, copies, count, errors, &j, err) < 0)
		return -1;
	if (!j.count)
		return 0;
	if (load(s, &cargo, err) < 0) {
		(void)error_context(err, "fetch what is to be sent");
		for (size_t i = 0; i < j.count; i++) {
			*j.items[i].error = *err;
			image_send_drop(j.items[i].copy);
		}
		return 0;
	}
	workers_run((j.count < PACE_SENDS_MOST ? j.count : PACE_SENDS_MOST) - 1, run_jobs,
		&j);
	return 0;
}
