/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The quoted-printable encoding of a mail's body (RFC 2045, 6.7). */
#pragma once

#include <stddef.h>

#include "data/result.h"

/*
 * An "=" that starts neither "=41" nor a line's soft end stays as it is, as RFC 2045
 * advises; blanks at the end of a line go. Line ends stay what they are. What is
 * decoded is never longer than the text: `to` may be `text`. The only error is
 * DATA_TOO_LARGE.
 */
enum data_result quoted_printable_decode(
	const char *text, size_t length, void *to, size_t room_bytes, size_t *ret_bytes);
