/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What kind of disk image a file is, told from its first bytes and not by QEMU's
 * guessing: a raw image can be made to look like anything by what runs in it.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum vm_image_format { VM_IMAGE_RAW = 1, VM_IMAGE_QCOW2, VM_IMAGE_VMDK };

struct vm_image {
	enum vm_image_format format;
	uint64_t virtual_bytes; /* of the disk that it holds */
};

/* QEMU's name of the format. */
const char *vm_image_format_name(enum vm_image_format format);

enum { VM_IMAGE_HEAD_BYTES = 512 };

/*
 * From the first bytes of a file of `file_bytes`. ERR_FORMAT for an image that is cut
 * off, empty, or refers to other files (a backing file, an extent description): it could
 * name any file of this machine.
 */
int vm_image_parse(const uint8_t *head, size_t head_bytes, uint64_t file_bytes,
	struct vm_image *ret, struct error *err);

/* Of an open file or block device; `name` is for messages. */
int vm_image_read(int fd, const char *name, struct vm_image *ret, struct error *err);
