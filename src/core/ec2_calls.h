/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls of EC2 with the patience that they need, and everything that a Describe action
 * lists, page after page.
 */
#pragma once

#include "aws/client.h"
#include "aws/ec2.h"

/*
 * One call; as aws_client_call(). `made_at_ms` as in aws_call: what is young is not
 * missing, but not visible yet.
 */
int ec2_call(struct aws_client *ec2, const struct query_action *action,
	const void *request, uint64_t made_at_ms, struct aws_result *ret,
	struct error *err);

/* The same, not longer than `most_ms`, which is at most EC2_CALL_MS. */
enum { EC2_CALL_MS = 180000 };
int ec2_call_within(struct aws_client *ec2, const struct query_action *action,
	const void *request, uint64_t made_at_ms, uint64_t most_ms,
	struct aws_result *ret, struct error *err);

/* Whether the service has refused a call with this code, or with one that begins so and
 * goes on with a dot. */
bool ec2_refused(const struct aws_result *r, const char *code);

/* Whether a call has failed with this code because there is nothing of that id. *err says
 * so when it may only be too young to be visible. */
bool ec2_is_gone(const struct aws_result *r, const char *code, struct error *err);

/* Owners of a Describe action: the caller's own account. */
extern const struct shape_list ec2_owner_self;

/* What a Describe action lists. By value: zeroes, ec2_list_release(). */
struct ec2_list {
	const void **items; /* struct ec2_image or ec2_snapshot; the pages own them */
	size_t count, room;
	struct aws_result *pages;
	size_t page_count, page_room;
};

void ec2_list_release(struct ec2_list *l);
static inline void ec2_list_releasep(struct ec2_list *l)
{
	ec2_list_release(l);
}

/* What another one has comes behind it; that one is empty then. */
void ec2_list_take(struct ec2_list *to, struct ec2_list *from);

static inline const struct ec2_image *ec2_image_at(const struct ec2_list *l, size_t i)
{
	return l->items[i];
}

static inline const struct ec2_snapshot *ec2_snapshot_at(
	const struct ec2_list *l, size_t i)
{
	return l->items[i];
}

/* Images of this account that all of the filters select, also deprecated and disabled
 * ones. */
int ec2_images_find(struct aws_client *ec2, const struct ec2_filter *filters,
	size_t filter_count, struct ec2_list *ret, struct error *err);
/* The same of another account, or "amazon": what it shares and has not deprecated. */
int ec2_images_of_find(struct aws_client *ec2, const char *owner,
	const struct ec2_filter *filters, size_t filter_count, struct ec2_list *ret,
	struct error *err);
int ec2_snapshots_find(struct aws_client *ec2, const struct ec2_filter *filters,
	size_t filter_count, struct ec2_list *ret, struct error *err);

/* The one of that id; none is in *ret when it is missing. */
int ec2_image_find(struct aws_client *ec2, const char *id, uint64_t made_at_ms,
	struct ec2_list *ret, struct error *err);
int ec2_snapshot_find(struct aws_client *ec2, const char *id, uint64_t made_at_ms,
	struct ec2_list *ret, struct error *err);

/* The value of a tag, or NULL. `tags` is of struct ec2_tag. */
const char *ec2_tag_value(const struct shape_list *tags, const char *key);

/* Block device mapping number `i` of an image. */
const struct ec2_block_device *ec2_image_device(const struct ec2_image *image, size_t i);

/* Whether it looks like an id that EC2 gives: "ami-…" for the prefix "ami-". */
bool ec2_id_is_valid(const char *id, const char *prefix);
