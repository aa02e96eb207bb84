/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The disk of a recipe, and the names that its parts go by: labels, UUIDs and numbers of
 * partitions. A distribution's driver writes them into the tree (fstab, the boot loader's
 * configuration), and the layout writes them to the disk. They follow from the recipe
 * alone, and are made in this one place, so that tree and disk agree.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/filetree.h"
#include "core/identity.h"
#include "core/recipe.h"
#include "disk/blockmap.h"
#include "disk/layout.h"

/*
 * What the driver is told: the recipe, and the names that the disk's parts will have. By
 * value, nothing to release. `distro` points into this struct, which is therefore not
 * copied, and into the recipe, which outlives it; its directories, its lock and whether
 * it may use a cache are for the caller to fill in.
 */
struct tree_spec {
	struct distro_spec distro;
	char root_uuid[UUID_CHARS + 1];
	char boot_uuid[UUID_CHARS + 1];
	char swap_uuid[UUID_CHARS + 1];
	char esp_uuid[sizeof("1A2B-3C4D")];
};

void tree_spec_init(struct tree_spec *s, const struct recipe *r);

/* Whether /boot is a file system of its own. */
bool build_has_boot_partition(const struct recipe *r);

/* What the disk gets. Everything is borrowed. */
struct build_content {
	const struct filetree *root;
	const struct filetree *boot; /* NULL: /boot has no partition of its own */
	const struct loader_images *loader;
	int64_t epoch_s; /* Unix time, at which the file systems were made */
	const struct ext4_places *like; /* of the root file system (ext4_spec.like) */
};

/* The map refers to the files of both trees, which outlive it; the caller frees it.
 * Errors are those of layout_disk(): ERR_SPACE when the content does not fit into the
 * sizes that the recipe gives. */
int build_lay_out(const struct recipe *r, const struct build_content *content,
	struct blockmap **ret, struct error *err);
