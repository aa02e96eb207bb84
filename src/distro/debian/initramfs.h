/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The initramfs, kept between builds: it is made anew when anything that decides about it
 * is another (initramfs_key.h).
 *
 *	initramfs_find()	when all packages and the recipe's files are there, and
 *				nothing is mounted in the tree
 *	initramfs_keep()	when it was made
 *
 * By value: zeroes, initramfs_release().
 */
#pragma once

#include <stdbool.h>

#include "base/error.h"
#include "base/progress.h"
#include "base/strv.h"
#include "distro/distro.h"

struct initramfs {
	const struct distro_spec *spec;
	struct progress *progress;
	char *key; /* NULL: it is not kept */
	bool taken; /* it is in the tree */
};

void initramfs_release(struct initramfs *i);
static inline void initramfs_releasep(struct initramfs *i)
{
	initramfs_release(i);
}

/* `added`: the packages that the base, with its `base_paths`, does not have; `env`: what
 * the step is run with. */
int initramfs_find(const struct distro_spec *spec, const struct strv *added,
	const struct strv *base_paths, const struct strv *env, int64_t epoch_s,
	struct progress *p, struct initramfs *ret, struct error *err);

/* Keep what was made, if it was. That it cannot be kept is no reason to fail. */
int initramfs_keep(const struct initramfs *i, struct error *err);
