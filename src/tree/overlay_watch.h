/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which files of an overlay (tree/overlay.h) do others use, once they stand in the tree?
 * The content of one that nobody opens has no say in what becomes of the rest.
 *
 * inotify(7) watches the files themselves, by whatever name they are used. Everything but
 * a look at their size and attributes counts as use, as does whatever is not known: where
 * there can be no watch, all are used.
 */
#pragma once

#include "base/error.h"
#include "base/strv.h"

/* Files of an overlay that nothing has used, and where in the tree each stands:
 * places.items[i] has paths.items[i]. By value; zeroes, overlay_idle_release(). */
struct overlay_idle {
	struct strv paths, places;
};

void overlay_idle_release(struct overlay_idle *i);

struct overlay_watch;

/* Begin to watch the regular files of `overlay`, which has been copied to `root`. */
int overlay_watch_start(const char *overlay, const char *root, struct overlay_watch **ret,
	struct error *err);

/* Which were not used until now; appended to `to`. NULL is fine. */
void overlay_watch_look(struct overlay_watch *w, struct overlay_idle *to);

struct overlay_watch *overlay_watch_free(struct overlay_watch *w);
static inline void overlay_watch_freep(struct overlay_watch **w)
{
	*w = overlay_watch_free(*w);
}
