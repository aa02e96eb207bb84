/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gzip, with the room for the contents as the first byte: what is decoded fits, and one
 * byte less of room is too little. Without gzip's header it is a bare stream, whose
 * faults no checksum hides.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "data/gzip.h"
#include "data/inflate.h"

enum { ROOM_UNIT_BYTES = 512 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(freep) uint8_t *to = NULL;
	size_t room, bytes = 0, used = 0;

	if (size == 0)
		return 0;
	room = (size_t)data[0] * ROOM_UNIT_BYTES;
	to = xmalloc(room + 1);
	if (gzip_is(data + 1, size - 1)) {
		if (gzip_decode(data + 1, size - 1, to, room, &bytes) != DATA_OK)
			return 0;
		check(bytes <= room);
		check(gzip_decode(data + 1, size - 1, to, bytes, &room) == DATA_OK);
		check(bytes == 0 || gzip_decode(data + 1, size - 1, to, bytes - 1,
					    &room) == DATA_TOO_LARGE);
	} else if (inflate(data + 1, size - 1, to, room, &used, &bytes) == DATA_OK) {
		check(bytes <= room && used <= size - 1);
	}
	return 0;
}
