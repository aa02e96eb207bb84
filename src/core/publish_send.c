/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/publish_send.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/progress_parts.h"
#include "base/workers.h"
#include "core/image_attribute.h"
#include "core/image_send.h"
#include "core/publish_pace.h"

struct job {
	struct image_copy *copy;
	struct aws_client *ebs; /* made and freed by one thread, used by another */
	struct progress_part part;
	struct error *error;
};

struct jobs {
	const struct image_cargo *cargo;
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
		if (image_send(job->copy, job->ebs, j->cargo, job->error) == 0)
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

static int open_cargo(struct publish_sending *s, char **ret_uefi_data,
	struct image_cargo *ret, struct error *err)
{
	if (image_uefi_data(s->home, s->source->image->image_id, 0, ret_uefi_data, err) <
			0 ||
		publish_sending_open(s, err) < 0)
		return error_context(err, "fetch what is to be sent");
	*ret = (struct image_cargo){ s->blocks, *ret_uefi_data };
	return 0;
}

int publish_send(struct publish_sending *s, struct image_copy *const *copies,
	size_t count, struct error *errors, struct error *err)
{
	CLEANUP(freep) char *uefi_data = NULL;
	struct image_cargo cargo;
	CLEANUP(jobs_releasep)
	struct jobs j = { .cargo = &cargo, .items = xcalloc(count, sizeof(*j.items)) };

	j.parts = (struct progress_parts)PROGRESS_PARTS_INIT(s->progress);
	for (size_t i = 0; i < count; i++)
		errors[i] = (struct error)ERROR_INIT;
	if (add_jobs(s, copies, count, errors, &j, err) < 0)
		return -1;
	if (!j.count)
		return 0;
	if (open_cargo(s, &uefi_data, &cargo, err) < 0) {
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
