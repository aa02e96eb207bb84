/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a manifest says of its image, for those who register it or log in to it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "core/recipe.h"

/* By value: zeroes, manifest_image_release(). */
struct manifest_image {
	const char *architecture; /* as EC2 calls it */
	const char *boot_mode; /* the recipe's; else by the boot loaders that are there */
	bool allows_imds_v1; /* the recipe's */
	char *description; /* NULL: it does not say */
	struct recipe_map tags;
	char *family; /* the recipe's name */
	char *user; /* whom the launch key logs in; NULL: it does not say */
	uint64_t disk_bytes; /* 0: it does not say */
	/* "debian-12-x86_64-1a2b3c4d": recipe, architecture, and the beginning of the
	 * disk's SHA-256, so that the same image has the same name, and another has
	 * another. */
	char *name;
};

/* The name of an image of these: the caller frees it. */
char *manifest_image_name(const char *recipe, const char *arch, const char *sha256_hex);

void manifest_image_release(struct manifest_image *m);
static inline void manifest_image_releasep(struct manifest_image *m)
{
	manifest_image_release(m);
}

/* `name` is for messages. ERR_FORMAT for what is no manifest. */
int manifest_image_parse(const char *text, size_t length_bytes, const char *name,
	struct manifest_image *ret, struct error *err);
int manifest_image_read(const char *path, struct manifest_image *ret, struct error *err);
