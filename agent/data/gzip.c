/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "data/gzip.h"

#include <stdint.h>

#include "data/crc32.h"
#include "data/inflate.h"
#include "data/le.h"
#include "rt/string.h"

/* RFC 1952, 2.3. */
enum {
	HEAD_BYTES = 10,
	TAIL_BYTES = 8,
	METHOD_DEFLATE = 8,
	FLAG_HEADER_CRC = 1 << 1,
	FLAG_EXTRA = 1 << 2,
	FLAG_NAME = 1 << 3,
	FLAG_COMMENT = 1 << 4,
	FLAGS_RESERVED = 0xe0,
};

bool gzip_is(const void *data, size_t bytes)
{
	const uint8_t *at = data;

	return bytes >= 2 && at[0] == 0x1f && at[1] == 0x8b;
}

/* What is left to read. */
struct input {
	const uint8_t *at;
	size_t bytes;
};

static bool skip(struct input *in, size_t bytes)
{
	if (in->bytes < bytes)
		return false;
	in->at += bytes;
	in->bytes -= bytes;
	return true;
}

static bool skip_text(struct input *in)
{
	const uint8_t *nul = in->bytes > 0 ? memchr(in->at, '\0', in->bytes) : NULL;

	return nul && skip(in, (size_t)(nul - in->at) + 1);
}

static bool skip_extra(struct input *in)
{
	return in->bytes >= 2 && skip(in, (size_t)2 + le16_get(in->at));
}

static enum data_result read_header(struct input *in)
{
	const uint8_t *const start = in->at;
	uint16_t crc;
	uint8_t flags;

	if (!gzip_is(in->at, in->bytes))
		return in->bytes < 2 ? DATA_TRUNCATED : DATA_CORRUPT;
	if (!skip(in, HEAD_BYTES))
		return DATA_TRUNCATED;
	flags = start[3];
	if (start[2] != METHOD_DEFLATE || flags & FLAGS_RESERVED)
		return DATA_CORRUPT;
	if ((flags & FLAG_EXTRA && !skip_extra(in)) ||
		(flags & FLAG_NAME && !skip_text(in)) ||
		(flags & FLAG_COMMENT && !skip_text(in)))
		return DATA_TRUNCATED;
	if (!(flags & FLAG_HEADER_CRC))
		return DATA_OK;
	crc = (uint16_t)crc32_add(0, start, (size_t)(in->at - start));
	if (!skip(in, 2))
		return DATA_TRUNCATED;
	return le16_get(in->at - 2) == crc ? DATA_OK : DATA_CORRUPT;
}

static enum data_result read_member(
	struct input *in, uint8_t *to, size_t room_bytes, size_t *ret_bytes)
{
	enum data_result result = read_header(in);
	size_t used, made;

	if (result != DATA_OK)
		return result;
	result = inflate(in->at, in->bytes, to, room_bytes, &used, &made);
	if (result != DATA_OK)
		return result;
	(void)skip(in, used);
	if (!skip(in, TAIL_BYTES))
		return DATA_TRUNCATED;
	if (le32_get(in->at - TAIL_BYTES) != crc32_add(0, to, made) ||
		le32_get(in->at - 4) != (uint32_t)made)
		return DATA_CORRUPT;
	*ret_bytes = made;
	return DATA_OK;
}

enum data_result gzip_decode(
	const void *data, size_t bytes, void *to, size_t room_bytes, size_t *ret_bytes)
{
	struct input in = { .at = data, .bytes = bytes };
	uint8_t *const start = to;
	size_t total = 0;

	do {
		size_t made = 0;
		enum data_result result =
			read_member(&in, start + total, room_bytes - total, &made);

		if (result != DATA_OK)
			return result;
		total += made;
		while (in.bytes > 0 && in.at[0] == 0)
			(void)skip(&in, 1);
	} while (in.bytes > 0);
	*ret_bytes = total;
	return DATA_OK;
}
