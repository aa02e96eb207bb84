/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Base64 (RFC 4648, 4), also as the body of a mail (RFC 2045, 6.8). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/result.h"

/* What base64_encode() needs for `bytes`, the final NUL included. */
#define BASE64_ROOM(bytes) (((bytes) + 2) / 3 * 4 + 1)

/*
 * Writes text and a NUL; `to` has BASE64_ROOM(bytes). Without `pad` the "=" at the end
 * are left out, as in the fingerprints of ssh. Returns the length of the text.
 */
size_t base64_encode(const void *data, size_t bytes, char *to, bool pad);

/*
 * White space may stand anywhere. Anything else that is not of the alphabet is refused,
 * and so is text after the padding, or a wrong or missing padding (DATA_TRUNCATED when
 * the text ends within a group of four). What is decoded is never longer than the text:
 * `to` may be `text`.
 */
enum data_result base64_decode(
	const char *text, size_t length, void *to, size_t room_bytes, size_t *ret_bytes);
