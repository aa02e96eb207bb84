/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The packages' files: out of the cache where they are there, else from the mirror and
 * then into the cache. Each is hashed before it is used, wherever it came from.
 *
 * In the cache a file's name holds part of its hash, so that archives that differ never
 * share a name. A file appears there whole or not at all, and is never changed: builds at
 * the same time cannot disturb each other, and any file may be deleted at any time.
 */
#pragma once

#include <stdint.h>

#include "base/error.h"
#include "base/progress.h"
#include "distro/debian/apt.h"
#include "distro/debian/plan.h"

/* In the cache directory of a build. */
#define ARCHIVES_CACHE "debian/archives"

struct archives_request {
	struct apt *apt;
	const struct plan *plan;
	const struct strv *packages; /* what the plan was made of, for apt-get */
	const char *cache_dir; /* made when missing */
	struct progress *progress;
};

/* The directory that archives_fetch() fills, "<file>" for each package; the caller frees.
 */
char *archives_dir(const struct apt *a);

/* Where the file of a package ("htop_3.2.2-2_amd64.deb") is, or would be, in the cache;
 * the caller frees. */
char *archives_cached_path(const char *cache_dir, const char *file, const char *sha256);

/* ERR_UNTRUSTED with the file's name when one is not what was signed. */
int archives_fetch(const struct archives_request *r, uint64_t *ret_downloaded_bytes,
	struct error *err);
