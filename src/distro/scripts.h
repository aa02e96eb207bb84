/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The recipe's scripts: run in the tree as root, in order, by their own "#!" line, with
 * "/" as working directory. They stand in memory while they run, and never in the tree.
 */
#pragma once

#include "base/error.h"
#include "base/progress.h"
#include "base/strv.h"
#include "distro/chroot.h"

/* ERR_RECIPE when one is missing, is no regular file or has no "#!" line. */
int scripts_check(const struct strv *scripts, struct error *err);

/* ERR_CHILD with the script's name, its exit code and its output when one fails. */
int scripts_run(struct chroot *c, const struct strv *scripts, const char *const *env,
	struct progress *p, struct error *err);
