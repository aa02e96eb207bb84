/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/block_set.h"

#include <stdlib.h>

#include "aws/ebs.h"
#include "base/alloc.h"

struct block_set {
	uint64_t blocks; /* of the volume */
	uint64_t bits[]; /* one a block */
};

enum { WORD_BITS = 64 };

static uint64_t words_of(uint64_t blocks)
{
	return blocks / WORD_BITS + 1;
}

struct block_set *block_set_new(uint64_t volume_bytes)
{
	const uint64_t blocks = volume_bytes / EBS_BLOCK_BYTES;
	struct block_set *s =
		xcalloc(1, sizeof(*s) + (size_t)words_of(blocks) * sizeof(s->bits[0]));

	s->blocks = blocks;
	return s;
}

struct block_set *block_set_free(struct block_set *s)
{
	free(s);
	return NULL;
}

void block_set_add(struct block_set *s, uint64_t index)
{
	if (index < s->blocks)
		s->bits[index / WORD_BITS] |= UINT64_C(1) << index % WORD_BITS;
}

void block_set_add_all(struct block_set *s, const struct block_set *other)
{
	for (uint64_t index = 0; block_set_seek(other, &index); index++)
		block_set_add(s, index);
}

bool block_set_has(const struct block_set *s, uint64_t index)
{
	return index < s->blocks && (s->bits[index / WORD_BITS] >> index % WORD_BITS & 1);
}

uint64_t block_set_count(const struct block_set *s)
{
	uint64_t count = 0;

	for (uint64_t i = 0; i < words_of(s->blocks); i++)
		count += (unsigned int)__builtin_popcountll(s->bits[i]);
	return count;
}

bool block_set_seek(const struct block_set *s, uint64_t *index)
{
	while (*index < s->blocks) {
		const uint64_t rest = s->bits[*index / WORD_BITS] >> *index % WORD_BITS;

		if (rest) {
			*index += (unsigned int)__builtin_ctzll(rest);
			return true;
		}
		*index = (*index / WORD_BITS + 1) * WORD_BITS;
	}
	return false;
}
