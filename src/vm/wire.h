/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ethernet frames on a stream socket, each behind its length in 32 bits, big-endian: what
 * QEMU's -netdev socket speaks. Only bytes and frames; the socket is the caller's.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

/* More than any frame without jumbo or offload: a longer one is a broken stream. */
enum { WIRE_FRAME_MOST_BYTES = 65536 };

/* Called for each whole frame. */
typedef void wire_frame_fn(uint8_t *frame, size_t length_bytes, void *userdata);

/*
 * Take the whole frames off the front of `received`. False when it is no such stream:
 * then there is nothing to be done but to close it.
 */
bool wire_take_frames(struct strbuf *received, wire_frame_fn *fn, void *userdata);

/* Append a frame to what is to be sent. */
void wire_add_frame(struct strbuf *pending, const void *frame, size_t length_bytes);
