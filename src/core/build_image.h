/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From recipe to blocks: the tree, the disk laid out over it, the sink filled. All of it
 * runs in one sandbox, and leaves nothing but the blocks and, in the work directory, the
 * manifest of what they hold.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/progress.h"
#include "core/build_cloud.h"
#include "core/build_inputs.h"
#include "core/build_lint.h"
#include "core/recipe.h"
#include "tree/hash_disk.h"

struct image_request {
	const struct recipe *recipe;
	const char *work_dir; /* scratch of this run */
	const char *cache_dir; /* kept between runs */
	bool no_cache; /* of what is kept, only the packages' files */
	bool tree_on_disk; /* not in memory, whatever there is */
	const struct distro_lock *lock; /* or NULL */
	const struct build_inputs *inputs; /* NULL: they do not decide about the tree */
	bool root; /* who builds is real root */
	int fd; /* an empty file, or a device: stays the caller's */
	const char *name; /* of it, for messages */
	uint64_t device_bytes; /* size of the device; 0: a file */
	struct build_cloud *cloud; /* or NULL; then there is no `fd` */
	const struct ext4_places *like; /* or NULL: the parent's (core/build_parent.h) */
};

/* By value; nothing to release. */
struct image_facts {
	uint64_t size_bytes; /* of the disk */
	uint64_t written_bytes; /* of it, not zero and stored */
	uint64_t download_bytes; /* fetched, not from the cache */
	uint64_t package_count;
	int64_t epoch_s; /* the date of its inputs, Unix time */
	struct disk_digests digests; /* of the raw disk, read back where it can be */
	struct build_cloud_written cloud;
	struct lint_counts lint;
	uint64_t tree_ms, lint_ms, disk_ms, write_ms, manifest_ms;
};

/* Names in the work directory. */
#define IMAGE_MANIFEST_FILE "manifest.json"
#define IMAGE_SUMMARY_FILE "summary.json" /* the manifest without its list of files */
#define IMAGE_SPDX_FILE "spdx.json"
#define IMAGE_INPUTS_FILE "inputs" /* what the driver says that the tree depends on */

/* What the distribution's driver refuses, before anything is made. */
int image_check(const struct recipe *recipe, struct error *err);

/* What IMAGE_INPUTS_FILE would hold if the image was made now; the caller frees. Of the
 * request, `fd` and what is about it are not used. */
int image_inputs(const struct image_request *request, struct progress *progress,
	char **ret_text, struct error *err);

int image_make(const struct image_request *request, struct progress *progress,
	struct image_facts *ret, struct error *err);
