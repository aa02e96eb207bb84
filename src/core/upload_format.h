/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether a file is a raw disk. An image of another format, uploaded as it is, makes a
 * snapshot that no machine boots from: it is refused with the command that converts it.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum { UPLOAD_FORMAT_HEAD_BYTES = 512, UPLOAD_FORMAT_TAIL_BYTES = 512 };

/*
 * What a file is that begins and ends with these bytes, for messages: "a qcow2 image".
 * NULL: a raw disk, as far as they tell. Else *ret_remedy is what to do about it.
 */
const char *upload_format_name(const uint8_t *head, size_t head_bytes,
	const uint8_t *tail, size_t tail_bytes, const char **ret_remedy);

/* ERR_FORMAT for what is no raw disk that fits into a volume. `what` names it. */
int upload_format_check(int fd, const char *what, uint64_t size_bytes, struct error *err);
