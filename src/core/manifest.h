/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an image is made of, as JSON: its recipe, the tools that made it, its packages and
 * where they came from, what boots, every file with its digest, the disk's digests. And
 * the packages once more as an SPDX 2.3 document, for tools that collect those.
 *
 * Both say nothing of the moment or the machine: the same image has the same manifest.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/filetree.h"
#include "base/strbuf.h"
#include "core/recipe.h"
#include "disk/layout.h"
#include "distro/distro.h"
#include "tree/hash_disk.h"

/* What an image file's own name is followed by: "x.raw.manifest.json". */
#define MANIFEST_ENDING ".manifest.json"
#define SPDX_ENDING ".spdx.json"

typedef char manifest_digest[SHA256_HEX_CHARS + 1];

/* By value; the parts are the caller's and outlive it. */
struct manifest {
	const struct recipe *recipe;
	const struct distro_result *made;
	const struct filetree *tree;
	const struct loader_images *loader;
	uint64_t size_bytes; /* of the disk */
	struct disk_digests digests;
	manifest_digest recipe_digest; /* manifest_hash_recipe() */
	const manifest_digest *file_digests; /* hash_tree() */
};

/* The document that amiwright-manifest(5) describes; without the list of files for
 * --json, where it would bury all the rest. */
void manifest_format(const struct manifest *m, bool with_files, struct strbuf *to);

/* SPDX 2.3, JSON: the image as a package that contains its packages. */
void manifest_format_spdx(const struct manifest *m, struct strbuf *to);

/* The digest of the recipe's effective values, and of the files that it names. */
int manifest_hash_recipe(
	const struct recipe *r, manifest_digest ret_hex, struct error *err);

/* Of those that decide about the tree, the overlay's files left out. */
int manifest_hash_recipe_of_tree(
	const struct recipe *r, manifest_digest ret_hex, struct error *err);
