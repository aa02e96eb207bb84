/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading back of a manifest what a locked build needs: packages and date.
 */
#pragma once

#include <stddef.h>

#include "base/error.h"
#include "core/recipe.h"
#include "distro/distro.h"

/* A manifest of half a million files has some 100 MB. */
enum { MANIFEST_MOST_BYTES = 256 << 20 };

/* `name` is for messages. ERR_FORMAT for what is no manifest, ERR_RECIPE when it is of
 * another distribution, release or architecture than the recipe. */
int manifest_lock_parse(const char *text, size_t length_bytes, const char *name,
	const struct recipe *recipe, struct distro_lock *ret, struct error *err);

int manifest_lock_read(const char *path, const struct recipe *recipe,
	struct distro_lock *ret, struct error *err);

static inline void distro_lock_releasep(struct distro_lock *l)
{
	distro_packages_release(&l->packages);
}
