/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A directory copied over a tree.
 */
#pragma once

#include <stdint.h>

#include "base/error.h"
#include "base/filetree.h"
#include "base/progress.h"

/*
 * ERR_RECIPE when `overlay` is no directory, or holds what cannot be copied (sockets,
 * FIFOs, device nodes).
 */
int overlay_check(const char *overlay, struct error *err);

/*
 * Copy everything in `overlay` to the same place beneath `root`, as tree/place.h puts it:
 * modes are kept, the owner is root:root, symbolic links are copied as they are, times
 * become `mtime_s` (a checkout's times say nothing and differ from machine to machine). A
 * directory that the tree has already keeps its own mode. Set-id files are copied with a
 * warning.
 */
int overlay_copy(const char *overlay, const char *root, int64_t mtime_s,
	struct progress *p, struct error *err);

/* The warning about a set-id file of an overlay; of all others nothing is said. */
void overlay_warn_of(const struct filetree_node *n, struct progress *p);
