/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is kept with a tree (core/kept_tree.h) besides its files: what the driver said of
 * it, its boot loader, and the overlay's files that it was made with.
 *
 * By value: zeroes, kept_about_release().
 */
#pragma once

#include "base/error.h"
#include "base/strv.h"
#include "core/manifest.h"
#include "disk/layout.h"
#include "distro/distro.h"

/* A regular file of the overlay. */
struct kept_file {
	char *path; /* in the overlay */
	char *place; /* in the tree; "" when the rest depends on its content */
	manifest_digest digest;
};

struct kept_about {
	struct distro_result made; /* without the loader's paths and overlay_idle */
	struct loader_images loader;
	struct kept_file *files; /* in the overlay's order */
	size_t file_count, file_room;
};

void kept_about_release(struct kept_about *a);
static inline void kept_about_releasep(struct kept_about *a)
{
	kept_about_release(a);
}

/* The strings become the list's. */
void kept_about_add_file(struct kept_about *a, struct kept_file *file);

/* As a row of strings, for tree/pack.h. */
void kept_about_format(const struct distro_result *made,
	const struct loader_images *loader, const struct kept_file *files, size_t count,
	struct strv *to);

/* ERR_FORMAT for anything else. */
int kept_about_parse(const struct strv *from, struct kept_about *ret, struct error *err);
