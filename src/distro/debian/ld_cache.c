/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The layout is that of glibc's sysdeps/generic/dl-cache.h: a header of 48 bytes, entries
 * of 24 bytes, then strings, at offsets from the header's begin.
 */
#include "distro/debian/ld_cache.h"

#include <inttypes.h>
#include <stdint.h>
#include <string.h>

#define MAGIC "glibc-ld.so.cache1.1"

enum { COUNT_AT = 20, HEADER_BYTES = 48, ENTRY_BYTES = 24 };

struct entry {
	int32_t flags;
	uint32_t key, value;
	uint32_t os_version;
	uint64_t hwcap;
};

_Static_assert(sizeof(struct entry) == ENTRY_BYTES, "as it stands in the file");

/* The string at `offset`, which ends within the file; or NULL. */
static const char *string_at(const char *file, size_t length_bytes, uint32_t offset)
{
	if (offset >= length_bytes || !memchr(file + offset, 0, length_bytes - offset))
		return NULL;
	return file + offset;
}

bool ld_cache_describe(const void *bytes, size_t length_bytes, ld_cache_filter filter,
	void *userdata, struct strbuf *to)
{
	const size_t before = to->length_bytes;
	const char *file = bytes;
	uint32_t count;

	if (length_bytes < HEADER_BYTES || memcmp(file, MAGIC, strlen(MAGIC)) != 0)
		return false;
	memcpy(&count, file + COUNT_AT, sizeof(count));
	if (count > (length_bytes - HEADER_BYTES) / ENTRY_BYTES)
		return false;
	for (uint32_t i = 0; i < count; i++) {
		const char *key, *value;
		struct entry e;

		memcpy(&e, file + HEADER_BYTES + (size_t)i * ENTRY_BYTES, sizeof(e));
		key = string_at(file, length_bytes, e.key);
		value = string_at(file, length_bytes, e.value);
		if (!key || !value) {
			strbuf_truncate(to, before);
			return false;
		}
		if (filter(userdata, value))
			strbuf_addf(to, "%s %s %" PRId32 " %" PRIx64 "\n", key, value,
				e.flags, e.hwcap);
	}
	return true;
}
