/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The descriptor inside a streamOptimized VMDK ("Virtual Disk Format 5.0", VMware):
 * qemu-img puts a random content id and the name of its output into it.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* Both replaced, the name by "disk.vmdk", so that the same disk gives the same file. */
int vmdk_fix_descriptor(int fd, uint32_t content_id, struct error *err);

/*
 * The same on a descriptor's text, NUL-terminated, in a buffer of more than `room_bytes`.
 * ERR_FORMAT when it is not of the form that is expected.
 */
int vmdk_fix_text(char *text, size_t room_bytes, uint32_t content_id, struct error *err);
