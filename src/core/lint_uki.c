/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/lint_uki.h"

#include <stdint.h>
#include <string.h>

/* Offsets, all little-endian: in the DOS header, the PE header, a section's header. */
enum {
	DOS_PE_AT = 0x3c,
	PE_SECTIONS_AT = 6,
	PE_OPTIONAL_BYTES_AT = 20,
	PE_BYTES = 24,
	SECTION_NAME_BYTES = 8,
	SECTION_SIZE_AT = 8, /* in memory; on the disk it is padded */
	SECTION_RAW_BYTES_AT = 16,
	SECTION_RAW_AT = 20,
	SECTION_BYTES = 40,
};

static uint32_t get_le(const uint8_t *p, size_t bytes)
{
	uint32_t value = 0;

	for (size_t i = 0; i < bytes; i++)
		value |= (uint32_t)p[i] << (8 * i);
	return value;
}

static bool is_named(const uint8_t *section, const char *name)
{
	char padded[SECTION_NAME_BYTES + 1] = "";

	memcpy(padded, section, SECTION_NAME_BYTES);
	return !strcmp(padded, name);
}

bool uki_find_section(const void *image, size_t image_bytes, const char *name,
	const char **ret, size_t *ret_bytes)
{
	const uint8_t *bytes = image;
	uint64_t at, count;

	if (image_bytes < DOS_PE_AT + 4 || memcmp(bytes, "MZ", 2) != 0)
		return false;
	at = get_le(bytes + DOS_PE_AT, 4);
	if (at + PE_BYTES > image_bytes || memcmp(bytes + at, "PE\0\0", 4) != 0)
		return false;
	count = get_le(bytes + at + PE_SECTIONS_AT, 2);
	at += PE_BYTES + get_le(bytes + at + PE_OPTIONAL_BYTES_AT, 2);
	for (; count && at + SECTION_BYTES <= image_bytes; count--, at += SECTION_BYTES) {
		const uint8_t *section = bytes + at;
		const uint64_t raw_at = get_le(section + SECTION_RAW_AT, 4);
		uint64_t size = get_le(section + SECTION_RAW_BYTES_AT, 4);

		if (!is_named(section, name))
			continue;
		if (size > get_le(section + SECTION_SIZE_AT, 4))
			size = get_le(section + SECTION_SIZE_AT, 4);
		if (raw_at > image_bytes || size > image_bytes - raw_at)
			return false;
		*ret = (const char *)bytes + raw_at;
		*ret_bytes = (size_t)size;
		return true;
	}
	return false;
}
