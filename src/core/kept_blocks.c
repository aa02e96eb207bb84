/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/kept_blocks.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/size.h"

static const char magic[] = "AMIBLK1\n";

enum {
	MAGIC_BYTES = sizeof(magic) - 1,
	HEAD_BYTES = MAGIC_BYTES + SHA256_BYTES + sizeof(uint64_t),
	BLOCK_BYTES = sizeof(uint64_t) + SHA256_BYTES,
};

/* That a volume can have. */
static const uint64_t index_most = UINT64_C(65536) * GIB / EBS_BLOCK_BYTES - 1;

void kept_blocks_release(struct kept_blocks *k)
{
	free(k->blocks);
	*k = (struct kept_blocks){ 0 };
}

void kept_blocks_add(
	struct kept_blocks *k, uint64_t index, const uint8_t digest[static SHA256_BYTES])
{
	struct transfer_stored *block;

	if (k->count == KEPT_BLOCKS_MOST) {
		k->is_too_many = true;
		return;
	}
	array_reserve_one((void **)&k->blocks, k->count, &k->room, sizeof(*k->blocks));
	block = &k->blocks[k->count++];
	block->index = index;
	memcpy(block->digest, digest, SHA256_BYTES);
}

static int compare_blocks(const void *a, const void *b)
{
	const struct transfer_stored *x = a, *y = b;

	return x->index < y->index ? -1 : x->index > y->index;
}

void kept_blocks_seal(struct kept_blocks *k)
{
	if (k->count)
		qsort(k->blocks, k->count, sizeof(*k->blocks), compare_blocks);
}

void kept_blocks_inherit(struct kept_blocks *k, const struct kept_blocks *parent)
{
	const size_t own = k->count;
	size_t at = 0;

	k->is_too_many |= parent->is_too_many;
	for (size_t i = 0; i < parent->count; i++) {
		const struct transfer_stored *block = &parent->blocks[i];

		while (at < own && k->blocks[at].index < block->index)
			at++;
		if (at == own || k->blocks[at].index != block->index)
			kept_blocks_add(k, block->index, block->digest);
	}
	kept_blocks_seal(k);
}

int kept_blocks_are_listed(const struct kept_blocks *k, struct block_list *list,
	bool *ret, struct error *err)
{
	bool more = true, is_same = true;
	size_t at = 0;

	while (more) {
		const struct ebs_block *listed = block_list_next(list);

		if (!listed) {
			if (block_list_turn(list, &more, err) < 0)
				return -1;
			continue;
		}
		is_same = is_same && at < k->count &&
			  k->blocks[at++].index == listed->block_index.value;
		block_list_advance(list);
	}
	*ret = is_same && at == k->count;
	return 0;
}

static void digest_of(
	const void *bytes, size_t length_bytes, uint8_t ret[static SHA256_BYTES])
{
	CLEANUP(hash_freep) struct hash *h = hash_new();

	hash_add(h, bytes, length_bytes);
	hash_end(h, ret);
}

static void add_number(struct strbuf *to, uint64_t n)
{
	n = htole64(n);
	strbuf_add(to, &n, sizeof(n));
}

void kept_blocks_format(const struct kept_blocks *k, const char *key, struct strbuf *to)
{
	const size_t begin = to->length_bytes;
	uint8_t digest[SHA256_BYTES];

	strbuf_add(to, magic, MAGIC_BYTES);
	digest_of(key, strlen(key), digest);
	strbuf_add(to, digest, sizeof(digest));
	add_number(to, k->count);
	for (size_t i = 0; i < k->count; i++) {
		add_number(to, k->blocks[i].index);
		strbuf_add(to, k->blocks[i].digest, SHA256_BYTES);
	}
	digest_of(to->data + begin, to->length_bytes - begin, digest);
	strbuf_add(to, digest, sizeof(digest));
}

static uint64_t number_at(const uint8_t *bytes)
{
	uint64_t n;

	memcpy(&n, bytes, sizeof(n));
	return le64toh(n);
}

static bool parse_blocks(const uint8_t *bytes, uint64_t count, struct kept_blocks *to)
{
	for (uint64_t i = 0; i < count; i++, bytes += BLOCK_BYTES) {
		const uint64_t index = number_at(bytes);

		if (index > index_most || (i && index <= to->blocks[i - 1].index))
			return false;
		kept_blocks_add(to, index, bytes + sizeof(index));
	}
	return true;
}

bool kept_blocks_parse(
	const void *bytes, size_t length_bytes, const char *key, struct kept_blocks *ret)
{
	CLEANUP(kept_blocks_releasep) struct kept_blocks k = { 0 };
	const uint8_t *at = bytes;
	uint8_t digest[SHA256_BYTES];
	uint64_t count;

	if (length_bytes < HEAD_BYTES + SHA256_BYTES ||
		memcmp(at, magic, MAGIC_BYTES) != 0)
		return false;
	digest_of(key, strlen(key), digest);
	if (memcmp(at + MAGIC_BYTES, digest, SHA256_BYTES) != 0)
		return false;
	count = number_at(at + MAGIC_BYTES + SHA256_BYTES);
	if (count > KEPT_BLOCKS_MOST ||
		length_bytes != HEAD_BYTES + count * BLOCK_BYTES + SHA256_BYTES)
		return false;
	digest_of(at, length_bytes - SHA256_BYTES, digest);
	if (memcmp(at + length_bytes - SHA256_BYTES, digest, SHA256_BYTES) != 0 ||
		!parse_blocks(at + HEAD_BYTES, count, &k))
		return false;
	*ret = k;
	k = (struct kept_blocks){ 0 };
	return true;
}
