/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Everything that decides about an image, as digests: two builds with the same ones make
 * the same image.
 *
 * By value: BUILD_INPUTS_INIT, build_inputs_release().
 */
#pragma once

#include "base/error.h"
#include "core/manifest.h"
#include "core/recipe.h"

struct build_inputs {
	manifest_digest
		program; /* amiwright itself, and the libraries that it runs with */
	manifest_digest recipe; /* all values, and the files that it names */
	manifest_digest lock; /* the manifest of --locked; "": not locked */
	char *tree; /* what the driver says (distro_driver.inputs); NULL: not asked yet */
};

#define BUILD_INPUTS_INIT    \
	{                    \
		.tree = NULL \
	}

void build_inputs_release(struct build_inputs *in);
static inline void build_inputs_releasep(struct build_inputs *in)
{
	build_inputs_release(in);
}

/* amiwright itself, and the libraries that it runs with. */
int build_inputs_program(manifest_digest ret, struct error *err);

/* All but `tree`. `locked` is the path of a manifest, or NULL. */
int build_inputs_read(const struct recipe *recipe, const char *locked,
	struct build_inputs *ret, struct error *err);

/* What of them is not the same, for people; NULL: nothing. `tree` is left out when either
 * has none. */
const char *build_inputs_compare(
	const struct build_inputs *before, const struct build_inputs *now);

/* Whether the same inputs do give the same image: a script may do anything. */
bool build_inputs_decide(const struct recipe *recipe);
