/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From packages' files to a tree in which they are installed, as dpkg installs them: the
 * essential ones are unpacked first by ourselves, so that their scripts have something to
 * run in, then the tree's own dpkg installs those and all others, with every script.
 */
#pragma once

#include "base/error.h"
#include "base/progress.h"
#include "base/strv.h"
#include "distro/chroot.h"
#include "distro/debian/plan.h"
#include "distro/debian/suite.h"

struct bootstrap {
	const char *root; /* the tree; empty at first */
	const char *archives_dir; /* every package's file */
	const struct plan *plan;
	const struct strv
		*wanted; /* packages that someone asked for; others came along */
	const struct debian_release *release;
	const struct debian_arch *arch;
	struct progress *progress;
};

/* Before the chroot: unpack the essential packages, so that it has something to mount
 * into. */
int bootstrap_unpack(const struct bootstrap *b, struct error *err);

/* In the chroot: install everything, and see that dpkg finds nothing wrong with it. */
int bootstrap_install(const struct bootstrap *b, struct chroot *c, struct error *err);
