/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Images are deregistered, and the snapshots that they alone were made of deleted. What a
 * killed removal has begun, the next one or `cleanup` brings to its end: when the image
 * is gone, nothing but the journal names its snapshots. An image's copies in other
 * regions go before it: as long as it is there, it leads to them.
 */
#pragma once

#include "base/progress.h"
#include "base/strv.h"
#include "core/aws_session.h"
#include "core/ec2_calls.h"
#include "core/removed.h"
#include "core/run_journal.h"

struct remove_how {
	bool keeps_snapshots;
	bool is_dry_run;
	const char *spared; /* a snapshot that stays in any case, or NULL */
	const char *copy_of; /* as in struct removed_image */
};

/*
 * One image that is there. Its removal stands in the journal before it begins; `journal`
 * is NULL with a dry run alone. What is done is appended.
 */
int remove_one(struct aws_client *ec2, const struct ec2_image *image,
	const struct remove_how *how, struct run_journal *journal, struct removed *ret,
	struct progress *p, struct error *err);

/* A snapshot could not be deleted: 0 to go on with the others, -1 to end there. */
typedef int remove_failed_fn(const char *id, void *userdata, const struct error *err);

/*
 * What the journal of a dead run says that it would remove, to the end: the snapshots of
 * images that are gone. An image that is still there was not begun with, and stays.
 * `failed` is NULL where the first that cannot be deleted is the end. *ret_ids has what
 * was removed also when it is -1.
 */
int remove_rest(struct aws_client *ec2, const struct run_past *past, bool is_dry_run,
	remove_failed_fn *failed, void *userdata, struct strv *ret_ids,
	struct error *err);

struct remove_spec {
	struct aws_session_spec session;
	const char *const *image_ids;
	size_t image_count;
	bool with_copies; /* of these, in other regions, too */
	/* Or these of a family, but the `keep` newest, `kept_image`, which may be NULL,
	 * and, with a warning, those that are protected. */
	const char *family;
	uint64_t keep;
	const char *kept_image;
	struct remove_how how;
	/* Asks whether to go on, when anything is to go; -1 with an error: no. NULL:
	 * nobody is asked. */
	int (*confirm)(const struct removed *would, void *userdata, struct error *err);
	void *userdata;
};

/* *ret has what was done, also when that fails in the middle. */
int remove_images(const struct remove_spec *spec, struct progress *p, struct removed *ret,
	struct error *err);
