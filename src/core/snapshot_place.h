/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a snapshot is read, and the clients that reach it. By value: { 0 },
 * snapshot_place_open(), snapshot_place_release().
 */
#pragma once

#include "aws/client.h"
#include "base/progress.h"
#include "core/aws_session.h"

struct snapshot_place {
	struct aws_session session;
	struct aws_client *ebs, *ec2;
	char *snapshot_id;
};

/* `name` as core/snapshot_reference.h has it. */
int snapshot_place_open(const struct aws_session_spec *spec, const char *name,
	struct progress *p, struct snapshot_place *ret, struct error *err);
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
int snapshot_explain(struct aws_client *ec2, const char *snapshot_id, struct error *err);
