/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A build whose image is made in EC2: its blocks go from the tree into a snapshot, which
 * becomes an image where that was asked for.
 *
 * One run: all that it makes has the run's tags, and its journal says so before. Nothing
 * of it is finished until all of it is; a failure removes what there is, and after a
 * kill -9 `cleanup` does. The credentials are read before the tree is made, to see that
 * they are good, and again after it: no stranger's script runs while they are in memory.
 *
 * Life: build_cloud_open(); in the sandbox build_cloud_write(); then, outside,
 * build_cloud_complete(), build_cloud_finish(), or build_cloud_give_up() at any point;
 * build_cloud_free().
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/progress.h"
#include "core/aws_session.h"
#include "core/recipe.h"
#include "core/register.h"
#include "core/snapshot.h"
#include "disk/blockmap.h"
#include "tree/hash_disk.h"

/* What the user asked for; all of it is the caller's. */
struct build_cloud_spec {
	bool makes_image; /* else a snapshot is what was asked for */
	struct aws_session_spec session;
	bool is_encrypted;
	const char *kms_key; /* core/kms_key.h; or NULL */
	const char
		*parent; /* core/snapshot_reference.h; only what differs from it is sent;
			       NULL: there is none */
};

struct build_cloud;

/* Refuses all that can be known to fail, and begins the run. Spec and recipe outlive it.
 */
int build_cloud_open(const struct build_cloud_spec *spec, const struct recipe *recipe,
	struct progress *p, struct build_cloud **ret, struct error *err);
struct build_cloud *build_cloud_free(struct build_cloud *c); /* NULL is fine */

const char *build_cloud_run_id(const struct build_cloud *c);
const char *build_cloud_region(const struct build_cloud *c);
const char *build_cloud_name(const struct build_cloud *c); /* for messages */
const char *build_cloud_parent_id(const struct build_cloud *c); /* or NULL */

/* What the sandbox has done; by value, without a pointer: it crosses its border. */
struct build_cloud_written {
	char snapshot_id[SNAPSHOT_ID_MOST_CHARS + 1];
	char linear[SHA256_BASE64_CHARS + 1]; /* of the blocks that it was told */
	uint64_t blocks; /* so many */
	uint64_t sent_bytes;
	uint64_t at_ms; /* clock_now_ms() */
	bool was_there; /* an image of this very disk has it: nothing was made */
};

/* The disk into a snapshot. ERR_FORMAT when the tree was changed meanwhile. */
int build_cloud_write(struct build_cloud *c, const struct blockmap *m, struct progress *p,
	struct build_cloud_written *ret, struct disk_digests *ret_digests,
	struct error *err);

/* The snapshot has all that it will have, and can be read. */
int build_cloud_complete(struct build_cloud *c, const struct build_cloud_written *w,
	struct progress *p, struct error *err);

/* Its blocks in a sparse file without a name, in the directory `dir`. */
int build_cloud_fetch(struct build_cloud *c, const struct build_cloud_written *w,
	const char *dir, struct progress *p, int *ret_fd, struct error *err);

/* The image, where one was asked for (else *ret stays zeroes); then the run has ended.
 * `sha256` is the disk's, and becomes part of the image's name. */
int build_cloud_finish(struct build_cloud *c, const struct build_cloud_written *w,
	const char *sha256, struct progress *p, struct register_result *ret,
	struct error *err);

/* Remove what the run has made. `why` is the failure: after Ctrl-C it has to be quick. */
void build_cloud_give_up(
	struct build_cloud *c, const struct error *why, struct progress *p);
