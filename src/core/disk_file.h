/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A disk that stands in a file of any format that volumes have, as raw bytes. */
#pragma once

#include <stdint.h>

#include "base/error.h"

/*
 * Of a file (raw, qcow2, VMDK) or a block device, open in `fd`, which stays the caller's;
 * so does *ret_raw_fd. What is not raw is unpacked into a file without a name. `name` is
 * for messages. ERR_FORMAT when it is no disk.
 */
int disk_file_raw(int fd, const char *name, int *ret_raw_fd, uint64_t *ret_size_bytes,
	struct error *err);
