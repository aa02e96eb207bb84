/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finished trees that are kept between builds, each in one file (tree/pack.h). A later
 * build takes one when all that decided about it is the same: the program, the recipe's
 * keys that are about the tree, the driver's inputs (lists, keys, tools), scripts, a
 * lock, who builds, and the overlay. Of that, contents may differ where nothing has used
 * them when the tree was made (tree/overlay_watch.h): they are put in their place.
 *
 * Contents that the tree's base has, which the cache keeps as well, are not in the file:
 * without the base, the tree is made anew. What is read is hashed before it is believed.
 * The directory may be removed at any time, also under a build; its oldest files go when
 * they are too many or too large.
 *
 * Inside the sandbox: kept_tree_new(), kept_tree_find() or else kept_tree_store(),
 * kept_tree_free(). NULL is a fine `k` everywhere: nothing is kept.
 */
#pragma once

#include <stdbool.h>

#include "base/error.h"
#include "base/filetree.h"
#include "base/progress.h"
#include "core/build_inputs.h"
#include "core/kept_about.h"
#include "core/manifest.h"
#include "core/recipe.h"

/* How many, and how large they are together; the newest is kept in any case. */
enum { KEPT_TREES = 8 };
#define KEPT_TREES_BYTES (UINT64_C(4) << 30)

/* Everything is borrowed. */
struct kept_spec {
	const struct recipe *recipe;
	const struct build_inputs *inputs; /* `tree` of it may be NULL */
	/* What the driver is asked with; needed no more after kept_tree_find(). */
	const struct distro_spec *distro;
	bool root; /* who builds is real root */
	struct digest_memo *memo; /* of the files of trees to store; or NULL */
};

struct kept_tree;

/* NULL when the inputs cannot be told, as with files that cannot be read. */
struct kept_tree *kept_tree_new(const struct kept_spec *spec);
struct kept_tree *kept_tree_free(struct kept_tree *k);
static inline void kept_tree_freep(struct kept_tree **k)
{
	*k = kept_tree_free(*k);
}

/* A tree as it would be made. By value; zeroes, found_tree_release(). */
struct found_tree {
	struct filetree *tree; /* NULL: there is none */
	manifest_digest *digests; /* of its files, as read just now */
	char *base_path; /* of the cache, what has contents of it; or NULL */
	struct kept_about about;
};

void found_tree_release(struct found_tree *f);
static inline void found_tree_releasep(struct found_tree *f)
{
	found_tree_release(f);
}

/* An error is only one that the making of the tree would have, too. */
int kept_tree_find(struct kept_tree *k, struct progress *p, struct found_tree *ret,
	struct error *err);

/*
 * Keep a tree that was made just now; its files' digests come with it, for the caller to
 * free. NULL when it could not be kept: that is no reason to fail, and nothing is left.
 */
manifest_digest *kept_tree_store(const struct kept_tree *k, const struct filetree *tree,
	const struct distro_result *made, const struct loader_images *loader);
