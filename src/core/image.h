/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One image in EC2: awaited, marked as finished, removed. Whose it is is the caller's
 * question; run_tags.h has the answer.
 */
#pragma once

#include "base/progress.h"
#include "base/strv.h"
#include "core/ec2_calls.h"

/* Whether it is there at all: some that are gone are listed for a while. */
bool image_is_there(const struct ec2_image *image);

/* Of a run that is not finished; *ret_run_id, which may be NULL, is its id. */
bool image_is_unfinished(const struct ec2_image *image, const char **ret_run_id);

/* "REGION/ID" of the image that the service says it is a copy of, freed by the caller;
 * NULL when it says nothing of that. */
char *image_origin(const struct ec2_image *image);

/*
 * Whether amiwright has made it, of the caller's own images: it has the tags that every
 * image of ours has, and when the service says that it is a copy, it is one of what its
 * tag names. Who copies an image may copy its tags, too, and such a copy is not ours.
 */
bool image_is_ours(const struct ec2_image *image);

/* The snapshot that its root volume is made of; NULL when it has none. */
const char *image_root_snapshot(const struct ec2_image *image);

/* Until it is available; ERR_FETCH when it fails or is gone, ERR_TIMEOUT after
 * `most_s`. *ret_failed says that it will never be. */
int image_wait(struct aws_client *ec2, const char *id, uint64_t made_at_ms,
	uint64_t most_s, bool *ret_failed, struct progress *p, struct error *err);

/* One call, after which image and snapshot are not ours to clean up any more. */
int image_finish(struct aws_client *ec2, const char *id, const char *snapshot_id,
	const struct ec2_tag *tags, size_t tag_count, uint64_t made_at_ms,
	struct error *err);

/* The same of an image with any number of snapshots. */
int image_finish_all(struct aws_client *ec2, const struct strv *ids, uint64_t made_at_ms,
	struct error *err);

/* Not longer than `most_ms`. Its snapshots stay. What is gone already is fine; what is
 * young and does not show by then is left, and a failure. *ret_refused, which may be
 * NULL, says of a failure that the only attempt was refused: nothing has changed. */
int image_deregister(struct aws_client *ec2, const char *id, uint64_t made_at_ms,
	uint64_t most_ms, bool *ret_refused, struct error *err);

/* *ret_in_use: an image is made of it, and it stays. What is gone already is fine. */
int image_delete_snapshot(struct aws_client *ec2, const char *id, uint64_t made_at_ms,
	bool *ret_in_use, struct error *err);
