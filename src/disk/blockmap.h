/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A range of blocks as a map: which bytes stand where, before any of them is written. A
 * file system, a partition table and a whole disk are such maps; nothing is copied to
 * make one. Data is bytes in memory (metadata) or a stretch of a regular file of a tree;
 * all else is zero.
 *
 * A sink pulls from a map in the order that suits it, with a reader of its own; several
 * readers may work on one map in several threads.
 *
 * Life: blockmap_new(), blockmap_add_*(), blockmap_seal() (sorts, finds overlaps), then
 * read-only; blockmap_free(). The tree that extents refer to outlives the map.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/filetree.h"

struct blockmap;

struct blockmap *blockmap_new(uint64_t size_bytes);
struct blockmap *blockmap_free(struct blockmap *m);
static inline void blockmap_freep(struct blockmap **m)
{
	*m = blockmap_free(*m);
}

/* The bytes become the map's (freed with free()). */
void blockmap_add_memory(
	struct blockmap *m, uint64_t offset_bytes, void *bytes, uint64_t length_bytes);

/* `length_bytes` of regular file `node`'s content from `file_offset_bytes` on. */
void blockmap_add_file(struct blockmap *m, uint64_t offset_bytes,
	const struct filetree *t, uint32_t node, uint64_t file_offset_bytes,
	uint64_t length_bytes);

/* All of `part` at `offset_bytes` of `m`; `part` becomes part of `m`. */
void blockmap_add_map(struct blockmap *m, uint64_t offset_bytes, struct blockmap *part);

/* ERR_FORMAT when extents overlap or reach beyond the size: a bug, named so. */
int blockmap_seal(struct blockmap *m, struct error *err);

uint64_t blockmap_size_bytes(const struct blockmap *m);
uint64_t blockmap_data_bytes(const struct blockmap *m); /* not known to be zero */

/*
 * The next stretch at or after `from_bytes` that may hold data, clipped to
 * `before_bytes`. False when there is none: all zero up to there.
 */
bool blockmap_next_data(const struct blockmap *m, uint64_t from_bytes,
	uint64_t before_bytes, uint64_t *ret_offset_bytes, uint64_t *ret_length_bytes);

struct blockmap_reader;
struct blockmap_reader *blockmap_reader_new(const struct blockmap *m);
struct blockmap_reader *blockmap_reader_free(struct blockmap_reader *r);
static inline void blockmap_reader_freep(struct blockmap_reader **r)
{
	*r = blockmap_reader_free(*r);
}

/* Any range within the size; what no extent covers reads as zero. A file that got shorter
 * since the map was made is ERR_FORMAT with its path. */
int blockmap_read(struct blockmap_reader *r, uint64_t offset_bytes, void *buf,
	size_t length_bytes, struct error *err);
