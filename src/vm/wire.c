/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vm/wire.h"

#include <arpa/inet.h>
#include <string.h>

bool wire_take_frames(struct strbuf *received, wire_frame_fn *fn, void *userdata)
{
	size_t at = 0;
	bool good = true;
	uint32_t length;

	while (received->length_bytes - at >= sizeof(length)) {
		memcpy(&length, received->data + at, sizeof(length));
		length = ntohl(length);
		good = length <= WIRE_FRAME_MOST_BYTES;
		if (!good || received->length_bytes - at - sizeof(length) < length)
			break;
		fn((uint8_t *)received->data + at + sizeof(length), length, userdata);
		at += sizeof(length) + length;
	}
	strbuf_drop_front(received, at);
	return good;
}

void wire_add_frame(struct strbuf *pending, const void *frame, size_t length_bytes)
{
	uint32_t length = htonl((uint32_t)length_bytes);

	strbuf_add(pending, &length, sizeof(length));
	strbuf_add(pending, frame, length_bytes);
}
