/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All that decides about the initramfs of a tree, as text: every file, but for those that
 * mkinitramfs cannot come upon. These are records of package managers, caches and logs;
 * and the files of the packages that the recipe adds, when no name of any of them appears
 * in a script that could look for it. One that does may need any of the others, as
 * programs need libraries: then all count.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "tree/digest_memo.h"

/* Paths of the files that dpkg has on its lists of `packages` (NULL: of all), sorted;
 * appended to `to`, which is empty. */
int initramfs_key_paths(const char *root, const struct strv *packages, struct strv *to,
	struct error *err);

/*
 * `root` is the tree, nothing is mounted in it; `added`: the names of packages that were
 * added to the base, when that had `base_paths`. *ret_known false: it cannot be told what
 * decides. `memo` is of its files, or NULL.
 */
int initramfs_key_format(const char *root, struct digest_memo *memo,
	const struct strv *added, const struct strv *base_paths, int64_t epoch_s,
	struct strbuf *to, bool *ret_known, struct error *err);
