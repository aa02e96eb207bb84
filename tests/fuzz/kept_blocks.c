/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files of digests of any bytes: what is believed of them is what would be written. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "core/kept_blocks.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes);

/* The checksums are put right: no search would find them. */
static void mend(struct strbuf *bytes)
{
	CLEANUP(hash_freep) struct hash *h = hash_new();
	uint8_t digest[SHA256_BYTES];

	if (bytes->length_bytes < 48 + SHA256_BYTES)
		return;
	hash_add(h, "key", 3);
	hash_end(h, digest);
	memcpy(bytes->data + 8, digest, sizeof(digest));
	hash_add(h, bytes->data, bytes->length_bytes - SHA256_BYTES);
	hash_end(h, digest);
	memcpy(bytes->data + bytes->length_bytes - SHA256_BYTES, digest, sizeof(digest));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
	CLEANUP(kept_blocks_releasep) struct kept_blocks raw = { 0 }, k = { 0 };
	CLEANUP(strbuf_releasep) struct strbuf bytes = STRBUF_INIT, again = STRBUF_INIT;

	(void)kept_blocks_parse(data, size_bytes, "key", &raw);
	strbuf_add(&bytes, data, size_bytes);
	mend(&bytes);
	if (!kept_blocks_parse(bytes.data, bytes.length_bytes, "key", &k))
		return 0;
	for (size_t i = 1; i < k.count; i++)
		if (k.blocks[i - 1].index >= k.blocks[i].index)
			abort();
	kept_blocks_format(&k, "key", &again);
	if (again.length_bytes != bytes.length_bytes ||
		memcmp(again.data, bytes.data, again.length_bytes) != 0)
		abort();
	return 0;
}
