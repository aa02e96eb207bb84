/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a snapshot is read: the one that an id names, or that the root volume of an image
 * is made of, and the clients that reach it. By value: { 0 }, snapshot_place_open(),
 * snapshot_place_release().
 */
#pragma once

#include <stdbool.h>

#include "aws/client.h"
#include "core/aws_session.h"

struct snapshot_place {
	struct aws_session session;
	struct aws_client *ebs, *ec2;
	char *snapshot_id;
};

/* Whether the text names something in the cloud: the id of a snapshot or what
 * core/image_reference.h knows. */
bool snapshot_place_is_named(const char *text);

/* ERR_FETCH when there is no such image. */
int snapshot_place_open(const struct aws_session_spec *spec, const char *id,
	struct snapshot_place *ret, struct error *err);
void snapshot_place_release(struct snapshot_place *p);
static inline void snapshot_place_releasep(struct snapshot_place *p)
{
	snapshot_place_release(p);
}

/*
 * Why EBS direct has refused to read it, when it has: it says of all of them that there
 * is none, or that it may not be read. Adds to `err`, and returns -1.
 */
int snapshot_place_explain(const struct snapshot_place *p, struct error *err);
