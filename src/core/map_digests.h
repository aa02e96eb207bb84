/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The digests of a disk that is laid out and in no file, made by a thread while the same
 * disk goes somewhere.
 *
 * Life: map_digests_begin(), map_digests_end() for what it has found, or
 * map_digests_free(), which ends it soon.
 */
#pragma once

#include "base/error.h"
#include "disk/blockmap.h"
#include "tree/hash_disk.h"

struct map_digests;

/* The map outlives it. */
int map_digests_begin(
	const struct blockmap *m, struct map_digests **ret, struct error *err);

/* Waits; may be asked again. */
int map_digests_end(struct map_digests *d, struct disk_digests *ret, struct error *err);

struct map_digests *map_digests_free(struct map_digests *d); /* NULL is fine */
static inline void map_digests_freep(struct map_digests **d)
{
	*d = map_digests_free(*d);
}
