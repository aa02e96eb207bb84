/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From packages' files to a tree in which they are installed, as dpkg installs them: the
 * essential ones' files come first, so that scripts have something to run in; then all
 *are unpacked (unpack.h) and configured by the tree's own dpkg, in apt's order, with
 *every script.
 *
 *	bootstrap_start()	begins to read the packages
 *	bootstrap_unpack()	before the chroot, so that it has something to mount into
 *	bootstrap_install()	in the chroot
 *
 * More can then be installed, in the same chroot or in another: bootstrap_start() with
 * `more`, bootstrap_install().
 */
#pragma once

#include <stdbool.h>

#include "base/error.h"
#include "base/progress.h"
#include "base/strv.h"
#include "distro/chroot.h"
#include "distro/debian/plan.h"
#include "distro/debian/suite.h"

struct bootstrap;

struct bootstrap_spec {
	const char *root; /* the tree; empty at first */
	const char *archives_dir; /* every package's file */
	const char *stage_dir; /* empty, on the same file system as the tree */
	const struct plan *plan;
	bool more; /* the essential packages are there: only the plan's steps count */
	const struct debian_release *release;
	const struct debian_arch *arch;
	struct progress *progress;
};

/* Everything in *spec is borrowed. */
int bootstrap_start(
	const struct bootstrap_spec *spec, struct bootstrap **ret, struct error *err);
struct bootstrap *bootstrap_free(struct bootstrap *b);
static inline void bootstrap_freep(struct bootstrap **b)
{
	*b = bootstrap_free(*b);
}

int bootstrap_unpack(struct bootstrap *b, struct error *err);

/* Install everything, and see that dpkg finds nothing wrong with it. */
int bootstrap_install(struct bootstrap *b, struct chroot *c, struct error *err);

/* Note for apt which of the plan's packages nobody has asked for: those that are not
 * essential, and not in `wanted`. */
int bootstrap_note_automatic(const char *root, const struct plan *plan,
	const struct strv *wanted, const struct debian_arch *arch, struct error *err);
