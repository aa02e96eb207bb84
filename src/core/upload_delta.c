/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/upload_delta.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "core/compare_blocks.h"

struct upload_delta {
	uint64_t blocks; /* of the volume */
	uint64_t bits[]; /* one a block; 16 MiB for the largest volume */
};

enum { WORD_BITS = 64 };

static int note(void *userdata, uint64_t index, uint64_t offset_bytes, struct error *err)
{
	struct upload_delta *d = userdata;

	(void)offset_bytes;
	(void)err;
	d->bits[index / WORD_BITS] |= UINT64_C(1) << index % WORD_BITS;
	return 0;
}

int upload_delta_find(struct aws_client *ebs, struct block_list *parent,
	struct upload_source *source, uint64_t volume_bytes, struct progress *p,
	struct upload_delta **ret, struct error *err)
{
	const uint64_t blocks = volume_bytes / EBS_BLOCK_BYTES;
	const size_t words = (size_t)(blocks / WORD_BITS) + 1;
	struct upload_delta *d = xcalloc(1, sizeof(*d) + words * sizeof(d->bits[0]));
	const struct compare_work work = {
		.ebs = ebs,
		.list = parent,
		.source = source,
		.progress = p,
		.userdata = d,
		.differs = note,
	};
	uint64_t compared;

	d->blocks = blocks;
	if (compare_blocks(&work, &compared, err) < 0) {
		free(d);
		return -1;
	}
	*ret = d;
	return 0;
}

struct upload_delta *upload_delta_free(struct upload_delta *d)
{
	free(d);
	return NULL;
}

bool upload_delta_seek(const struct upload_delta *d, uint64_t *index)
{
	while (*index < d->blocks) {
		const uint64_t rest = d->bits[*index / WORD_BITS] >> *index % WORD_BITS;

		if (rest) {
			*index += (unsigned int)__builtin_ctzll(rest);
			return true;
		}
		*index = (*index / WORD_BITS + 1) * WORD_BITS;
	}
	return false;
}
