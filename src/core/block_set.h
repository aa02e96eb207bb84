/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Some of the blocks of a volume: those that differ, that are wanted, that are there. Of
 * the largest volume it takes 16 MiB.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct block_set;

/* An empty one; blocks behind the volume's end are never in it. */
struct block_set *block_set_new(uint64_t volume_bytes);
struct block_set *block_set_free(struct block_set *s); /* NULL is fine */
static inline void block_set_freep(struct block_set **s)
{
	*s = block_set_free(*s);
}

void block_set_add(struct block_set *s, uint64_t index);
void block_set_add_all(struct block_set *s, const struct block_set *other);
bool block_set_has(const struct block_set *s, uint64_t index);
uint64_t block_set_count(const struct block_set *s);

/* The first of them from *index on: *index becomes it. False when there is none. */
bool block_set_seek(const struct block_set *s, uint64_t *index);
