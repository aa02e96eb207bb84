/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The use case "build": a recipe becomes an image in a file, on a block device or in EC2,
 * and is booted before it is called done.
 */
#pragma once

#include <stdbool.h>

#include "base/error.h"
#include "base/progress.h"
#include "core/build_cloud.h"
#include "core/recipe.h"
#include "core/result.h"

/*
 * Ask whether all data of a device may be overwritten; `what` names it ("/dev/sdb, 8 GiB,
 * Samsung T7"). 0 for yes; -1 with ERR_TARGET for no.
 */
typedef int build_confirm_fn(const char *what, void *userdata, struct error *err);

struct build_options {
	/* A file, by whose ending the format is chosen, or a block device; with `cloud`
	 * a word for people. */
	const char *to;
	const struct build_cloud_spec *cloud; /* NULL: not into EC2 */
	/* With `cloud`: the manifest is "<this>.manifest.json". NULL: in the state
	 * directory, named after the run. */
	const char *manifest;
	const char *run_id; /* run_id_make(); of one into EC2, the run's own counts */
	const char *locked; /* a manifest whose packages are to be used again, or NULL */
	/* NULL, or an image in a file, or with `cloud` a snapshot, in whose root file
	 * system things are to stay where they are (core/build_parent.h). */
	const char *parent;
	bool no_cache; /* make it anew though nothing has changed */
	bool tree_on_disk; /* not in memory, whatever there is (distro/tree_room.h) */
	bool verify; /* boot it at the end; of one in EC2, what the service has */
	bool force; /* overwrite a device without asking */
	build_confirm_fn
		*confirm; /* NULL: nobody can be asked, so only `force` will do */
	void *userdata;
};

/*
 * Refuse what can be refused with nothing made, fetched or asked: what the distribution
 * cannot do, missing tools, a target that will not do.
 */
int build_check(const struct recipe *recipe, const struct build_options *options,
	struct error *err);

/*
 * After build_check().
 *
 * A file that was made of the very same inputs, and is as it was left, is the result; one
 * that was not booted then is now, with `verify`. Else it is made.
 *
 * A file appears under its name only when it is whole and, with `verify`, has passed.
 * `ret` was BUILD_RESULT_INIT; on failure it is untouched.
 */
int build_run(const struct recipe *recipe, const struct build_options *options,
	struct progress *progress, struct build_result *ret, struct error *err);
