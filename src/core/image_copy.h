/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An image as it is in another region: found there, copied, or made anew of its blocks
 * (image_send.h). CopyImage has a client token: it is the run's id, which the journal
 * keeps, so that who goes on with a dead run asks for the same copy and not for a second
 * one. On another machine the copy is known by its tag.
 */
#pragma once

#include "base/progress.h"
#include "base/strv.h"
#include "core/aws_session.h"
#include "core/ec2_calls.h"
#include "core/run_journal.h"

/* What is to be copied; the caller's. */
struct image_source {
	const struct ec2_image *image;
	const char *region;
	const char *name; /* "eu-west-1/ami-0123456789abcdef0" */
};

/* One copy. By value: zeroes but for the caller's members, image_copy_release(). */
struct image_copy {
	const struct image_source *source;
	const struct aws_session *session;
	struct aws_client *ec2; /* of the region where it goes */
	bool is_encrypted; /* is wanted to be */
	const char *kms_key; /* what names one, or NULL: the account's default */
	struct progress *progress;
	bool is_sent; /* and not copied; image_copy_find() says so of one begun before */

	char *image_id; /* NULL: there is none yet */
	char *run_id; /* that made it; NULL: none of ours */
	struct strv snapshots; /* when it is available */
	struct run_journal *journal;
	uint64_t made_at_ms; /* 0: long ago */
	bool was_there; /* finished before we came */
	char *kms_key_arn; /* image_copy_find_key() */
	bool has_looked_for_parent; /* image_parent.h */
	char *parent_id; /* the snapshot that what is sent is a child of; NULL: of none */
};

void image_copy_release(struct image_copy *c);

/* Look for it; *ret_found says whether it is there, or being made. Nothing is changed but
 * journals. */
int image_copy_find(struct image_copy *c, bool *ret_found, struct error *err);

/* Whether there is something to be made, and no run has begun with it. */
static inline bool image_copy_is_open(const struct image_copy *c)
{
	return !c->image_id && !c->journal;
}

/* As it is wanted, or because the image is: what is encrypted stays so. */
bool image_copy_will_be_encrypted(const struct image_copy *c);

/* The ARN of the key, which is needed where it is sent. */
int image_copy_find_key(struct image_copy *c, struct error *err);

/* Ask for it; it takes minutes until it is available. */
int image_copy_begin(struct image_copy *c, struct error *err);

/* The name is taken: wait for who has it to show. It may be our own run's image, or that
 * of another machine; then what our run has made is removed. */
int image_copy_find_taken(struct image_copy *c, struct error *err);

/* The tags of the copy: the source's own, and ours of a run that is not finished. The
 * caller frees *ret_tags. ERR_TARGET when they are more than the service takes. */
int image_copy_tags(const struct image_copy *c, struct ec2_tag **ret_tags,
	size_t *ret_count, struct error *err);

/* All that the copy's run has made goes, with its journal; a warning says what stays. */
void image_copy_remove(struct image_copy *c);

/* Until it is available. One that fails is removed. */
int image_copy_wait(struct image_copy *c, uint64_t most_s, struct error *err);

/* From now on it is nobody's leftover. */
int image_copy_finish(struct image_copy *c, struct error *err);
