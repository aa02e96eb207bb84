/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `dpkg --unpack` for a tree in which everything is new: the packages are read ahead in
 * threads (tree/deb_stage.h), their files renamed into place in the order that apt has
 * chosen, with their preinst scripts at the right moment, and recorded (dpkg_db.h). What
 * is not plain (a file that another package has, that is diverted, a record that we do
 * not know) is left to the tree's own dpkg, package by package.
 */
#pragma once

#include <stdbool.h>

#include "base/error.h"
#include "base/progress.h"
#include "base/strv.h"
#include "distro/chroot.h"
#include "distro/debian/plan.h"

struct unpack;

struct unpack_spec {
	const char *root; /* the tree */
	const char
		*stage_dir; /* empty, on the tree's file system; removed by the caller */
	const char *archives_dir; /* every package's file */
	const char *archives_inside; /* where programs in the tree see it */
	const struct plan *plan; /* borrowed */
	bool more; /* the essential packages are there: only the plan's steps count */
	struct progress *progress;
};

/* Begin to read the packages. */
int unpack_start(const struct unpack_spec *spec, struct unpack **ret, struct error *err);
struct unpack *unpack_free(struct unpack *u);
static inline void unpack_freep(struct unpack **u)
{
	*u = unpack_free(*u);
}

/*
 * Put the files of the essential packages into the tree, so that programs can run in it,
 * and make dpkg's records, still empty.
 */
int unpack_essential_files(struct unpack *u, struct error *err);

/*
 * Unpack these packages. For essential ones, whose files are there, that means scripts
 * and records, and their pre-dependencies, which go round in circles, are not asked for.
 */
int unpack_packages(struct unpack *u, const struct strv *names, struct chroot *chroot,
	struct error *err);
