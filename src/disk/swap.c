/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk/swap.h"

#include <endian.h>
#include <string.h>

#include "base/alloc.h"

enum {
	PAGE_BYTES = 4096,
	VERSION = 1,
	/* In the first page. The numbers have the machine's byte order: little-endian. */
	VERSION_AT = 1024,
	LAST_PAGE_AT = 1028,
	UUID_AT = 1036,
	LABEL_AT = 1052,
	LABEL_MOST_BYTES = 15,
};

static const char signature[] = "SWAPSPACE2"; /* at the page's end */

static void put_le32(uint8_t *to, uint64_t value)
{
	const uint32_t le = htole32((uint32_t)value);

	memcpy(to, &le, sizeof(le));
}

int swap_layout(const struct swap_spec *spec, struct blockmap **ret, struct error *err)
{
	const uint64_t pages = spec->size_bytes / PAGE_BYTES;
	const size_t signature_bytes = strlen(signature);
	struct blockmap *m;
	uint8_t *page;

	if (spec->size_bytes < SWAP_LEAST_BYTES || pages > UINT32_MAX)
		return error_set(err, ERR_SPACE, 0,
			"lay out the swap area: %llu bytes are not between 40 KiB and 16 "
			"TiB",
			(unsigned long long)spec->size_bytes);
	if (strlen(spec->label) > LABEL_MOST_BYTES)
		return error_set(err, ERR_USAGE, 0,
			"the label '%s' of the swap area has more than %d bytes",
			spec->label, LABEL_MOST_BYTES);
	page = xcalloc(1, PAGE_BYTES);
	put_le32(page + VERSION_AT, VERSION);
	put_le32(page + LAST_PAGE_AT, pages - 1);
	memcpy(page + UUID_AT, spec->uuid, sizeof(spec->uuid));
	memcpy(page + LABEL_AT, spec->label, strlen(spec->label));
	memcpy(page + PAGE_BYTES - signature_bytes, signature, signature_bytes);
	m = blockmap_new(spec->size_bytes);
	blockmap_add_memory(m, 0, page, PAGE_BYTES);
	if (blockmap_seal(m, err) < 0) {
		blockmap_free(m);
		return -1;
	}
	*ret = m;
	return 0;
}
